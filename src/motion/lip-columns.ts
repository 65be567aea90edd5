import { INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../geometry/face-topology.js';

/**
 * The lips as columns from the inner border outwards, between the corners. Column `i` of the upper lip faces column `i` of the
 * lower lip; when a border point is moved, the rest of its column goes along.
 */
const UPPER_MIDDLE = [
  [191, 183, 184], [80, 42, 74], [81, 41, 73], [82, 38, 72], [13, 12, 11], [312, 268, 302], [311, 271, 303], [310, 272, 304], [415, 407, 408],
] as const;
const LOWER_MIDDLE = [
  [95, 96, 77], [88, 89, 90], [178, 179, 180], [87, 86, 85], [14, 15, 16], [317, 316, 315], [402, 403, 404], [318, 319, 320], [324, 325, 307],
] as const;

/** `[9][4]` landmark indices, left to right, inner border first. */
export const UPPER_LIP_COLUMNS: readonly (readonly number[])[] = UPPER_MIDDLE.map((column, i) => [...column, OUTER_LIP_UPPER[i + 1]!]);
/** `[9][4]` landmark indices, left to right, inner border first. */
export const LOWER_LIP_COLUMNS: readonly (readonly number[])[] = LOWER_MIDDLE.map((column, i) => [...column, OUTER_LIP_LOWER[i + 1]!]);

/** Both lips and the corners: every landmark on the red of the lips. */
export const LIP_POINTS: readonly number[] = [
  ...new Set([...UPPER_LIP_COLUMNS.flat(), ...LOWER_LIP_COLUMNS.flat(), INNER_LIP_UPPER[0], INNER_LIP_UPPER[10], OUTER_LIP_UPPER[0], OUTER_LIP_UPPER[10], 62, 76, 292, 306]),
];

/** Inner border, upper and lower, between the corners: the pairs that touch when the mouth is closed. `[9][2]` */
export const LIP_PAIRS: readonly (readonly [number, number])[] = INNER_LIP_UPPER.slice(1, -1).map((upper, i) => [upper, INNER_LIP_LOWER[i + 1]!]);

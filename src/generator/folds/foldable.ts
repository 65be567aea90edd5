import { EYES, FACE_OVAL, INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../../geometry/face-topology.js';

/** Brows and the underside of the nose: their edges would show up as false folds when landmarks jitter. */
const BROWS = [46, 53, 52, 65, 55, 70, 63, 105, 66, 107, 276, 283, 282, 295, 285, 300, 293, 334, 296, 336];
const NOSTRILS = [
  1, 2, 4, 19, 94, 97, 98, 99, 20, 60, 75, 79, 48, 64, 102, 326, 327, 328, 250, 290, 305, 309, 278, 294, 331, 166, 392, 59, 289, 219, 439,
];

const STILL = new Set<number>([
  ...FACE_OVAL,
  ...[INNER_LIP_UPPER, INNER_LIP_LOWER, OUTER_LIP_UPPER, OUTER_LIP_LOWER].flat(),
  ...EYES.flatMap((eye) => [eye.upper, eye.lower, eye.upperRing, eye.lowerRing].flat()),
  ...BROWS,
  ...NOSTRILS,
]);

/** 1 where skin folds (cheeks, forehead, chin), 0 at features whose edges aren't folds. */
export function mayFold(vertex: number): number {
  return STILL.has(vertex) ? 0 : 1;
}

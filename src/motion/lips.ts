import { isOnOutline } from '../geometry/face-topology.js';
import { SKIN_POINTS } from './canonical-shape.js';
import { LIP_PAIRS, LIP_POINTS, LOWER_LIP_COLUMNS, UPPER_LIP_COLUMNS } from './lip-columns.js';
import { JAW_WEIGHT } from './regions.js';

/** Gaps between the lips, in distances between the eyes: up to here lips touch, whatever the noise (MediaPipe: 0.001-0.008) ... */
const TOUCHING = 0.008;
/** ... and from here on they are apart. */
const APART = 0.024;
/** When lips meet, the lower one goes most of the way. */
const UPPER_SHARE = 0.25;
/** How much of a border point's correction the rest of its column follows, inner border first. */
const COLUMN_FOLLOWS = [1, 0.9, 0.75, 0.6] as const;
/** Rolled in or stretched, lips keep this part of their thickness at rest. */
const THINNEST = 0.3;
/** The pairs that measure the gap: the middle five of nine. */
const MEASURED_PAIRS = LIP_PAIRS.slice(2, 7);

const LIPS = new Set<number>(LIP_POINTS);
/** Points of the chin and the jaw that follow a lower lip that is pulled up; on the outline only its lower half. */
const CHIN = Array.from({ length: SKIN_POINTS }, (_, i) => i).filter((i) => JAW_WEIGHT[i]! > 0 && !LIPS.has(i));

/** Mean gap between the inner borders of the lips, in distances between the outer eye corners; may be slightly negative. */
export function lipGap(canonical: Float32Array, interOcular: number): number {
  let sum = 0;
  for (const [upper, lower] of MEASURED_PAIRS) sum += canonical[3 * lower + 1]! - canonical[3 * upper + 1]!;
  return sum / MEASURED_PAIRS.length / interOcular;
}

/** How surely a gap (as {@link lipGap}) means touching lips, 0..1. */
export function lipContact(gap: number): number {
  const t = Math.min(1, Math.max(0, (APART - gap) / (APART - TOUCHING)));
  return t * t * (3 - 2 * t);
}

/**
 * Brings the lips together in place and keeps them from crossing.
 *
 * @param canonical - `[478, 3]`, changed in place
 * @param contact - 0 leaves the gaps, 1 shuts the mouth
 * @param resting - the sitter at rest: a gap that is negative there may stay as negative, which keeps a still face still
 */
export function joinLips(canonical: Float32Array, contact: number, resting: Float32Array): void {
  let total = 0;
  for (let i = 0; i < LIP_PAIRS.length; i++) {
    const [upper, lower] = LIP_PAIRS[i]!;
    const gap = canonical[3 * lower + 1]! - canonical[3 * upper + 1]!;
    const least = Math.min(0, resting[3 * lower + 1]! - resting[3 * upper + 1]!);
    const wanted = Math.max(least, (1 - contact) * gap);
    const surplus = gap - wanted;
    total += surplus;
    if (surplus !== 0) {
      moveColumn(canonical, UPPER_LIP_COLUMNS[i]!, UPPER_SHARE * surplus);
      moveColumn(canonical, LOWER_LIP_COLUMNS[i]!, (UPPER_SHARE - 1) * surplus);
    }
    if (contact > 0) {
      // Lips that touch do so in depth too, or a turned head would show a slit.
      const middle = (canonical[3 * lower + 2]! + canonical[3 * upper + 2]!) / 2;
      canonical[3 * upper + 2]! += contact * (middle - canonical[3 * upper + 2]!);
      canonical[3 * lower + 2]! += contact * (middle - canonical[3 * lower + 2]!);
    }
  }
  const mean = (total / LIP_PAIRS.length) * (UPPER_SHARE - 1) * COLUMN_FOLLOWS[3];
  if (mean === 0) return;
  for (const i of CHIN) canonical[3 * i + 1]! += mean * JAW_WEIGHT[i]! * (isOnOutline(i) ? JAW_WEIGHT[i]! : 1);
}

/**
 * Keeps the red of the lips from turning inside out when a strong motion meets thin painted lips, in place.
 *
 * @param resting - the sitter at rest, `[478, 3]`
 */
export function keepThickness(canonical: Float32Array, resting: Float32Array): void {
  for (const [columns, outwards] of [[UPPER_LIP_COLUMNS, -1], [LOWER_LIP_COLUMNS, 1]] as const) {
    for (const column of columns) {
      for (let k = 1; k < column.length; k++) {
        const inner = 3 * column[0]! + 1;
        const outer = 3 * column[k]! + 1;
        const rest = outwards * (resting[outer]! - resting[inner]!);
        const missing = Math.min(rest, THINNEST * Math.abs(rest)) - outwards * (canonical[outer]! - canonical[inner]!);
        if (missing > 0) canonical[outer]! += outwards * missing;
      }
    }
  }
}

function moveColumn(canonical: Float32Array, column: readonly number[], down: number): void {
  for (let k = 0; k < column.length; k++) canonical[3 * column[k]! + 1]! += COLUMN_FOLLOWS[k]! * down;
}

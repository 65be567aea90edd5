import { EYES, isOnOutline, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../geometry/face-topology.js';
import { CANONICAL_SHAPE, SKIN_POINTS, UNITS_PER_CM } from './canonical-shape.js';
import { LIP_POINTS } from './lip-columns.js';

/** Which part of the performance is transferred. @public */
export const MOTION_REGIONS = ['all', 'pose', 'expression', 'lips', 'eyes'] as const;
/** @public */
/** Part of the face that takes part in the motion. @public */
export type MotionRegion = (typeof MOTION_REGIONS)[number];

const BROWS = [46, 53, 52, 65, 55, 70, 63, 105, 66, 107, 276, 283, 282, 295, 285, 300, 293, 334, 296, 336];
const NOSE_LINE = [168, 6, 197, 195, 5, 4, 1, 19, 94, 45, 275, 51, 281, 3, 248];
const LIPS = new Set<number>(LIP_POINTS);
/** Height of the lip line and of the jaw's hinge on the average face, canonical head units. */
const LIP_LINE = (y(13) + y(14)) / 2;
const HINGE_Y = (y(127) + y(234)) / 2;
const HINGE_Z = CANONICAL_SHAPE[3 * 234 + 2]!;

/** How near each skin point is to the lips: 1 on them, 0 from 4.5 cm on. `[468]` */
export const LIP_WEIGHT = proximity([...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER], 4.5, (i) => LIPS.has(i));
/** How near each skin point is to the lids of its eye: 1 on the margin, 0 from 1.6 cm on. `[468]` for each eye. */
export const EYE_WEIGHTS = EYES.map((eye) => proximity([...eye.upper, ...eye.lower], 1.6)) as [Float32Array, Float32Array];
/** How far each skin point follows the jaw: 1 at the tip of the chin, 0 at the hinge and above the lip line. `[468]` */
export const JAW_WEIGHT = jawWeights();
/**
 * How much of a measured offset is believed to be expression, across (x) and down and in depth (y, z). `[468]` each.
 *
 * Landmarks that no muscle moves (outline, temples, bridge and tip of the nose) still wander in canonical space: by errors of
 * depth and perspective that change with the pose. Left in, they swell and shrink the head.
 */
export const BELIEF = beliefs();

/** 1 where `region` moves the skin, 0 where it doesn't, smooth between. `[468]` */
export function regionMask(region: MotionRegion): Float32Array {
  if (region === 'lips') return Float32Array.from(LIP_WEIGHT, (lip, i) => Math.max(lip, JAW_WEIGHT[i]!));
  if (region === 'eyes') return Float32Array.from(EYE_WEIGHTS[0], (left, i) => Math.max(left, EYE_WEIGHTS[1][i]!));
  return new Float32Array(SKIN_POINTS).fill(region === 'pose' ? 0 : 1);
}

function beliefs(): { readonly across: Float32Array; readonly down: Float32Array } {
  const brow = proximity(BROWS, 3);
  const nose = proximity(NOSE_LINE, 1.8);
  // Smiles lift the cheeks up to the eyes.
  const cheeks = proximity([...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER], 7, (i) => LIPS.has(i)).map(Math.sqrt);
  const across = new Float32Array(SKIN_POINTS);
  const down = new Float32Array(SKIN_POINTS);
  for (let i = 0; i < SKIN_POINTS; i++) {
    const eye = Math.max(EYE_WEIGHTS[0][i]!, EYE_WEIGHTS[1][i]!);
    const soft = Math.max(cheeks[i]!, brow[i]!, eye);
    const still = LIPS.has(i) ? 1 : 1 - 0.8 * nose[i]!;
    across[i] = still * (isOnOutline(i) ? 0.3 * JAW_WEIGHT[i]! : Math.max(soft, 0.5 * JAW_WEIGHT[i]!));
    down[i] = still * Math.max(isOnOutline(i) ? 0 : soft, JAW_WEIGHT[i]!);
  }
  for (const eye of EYES) for (const corner of eye.corners) across[corner] = down[corner] = 0;
  return { across, down };
}

function jawWeights(): Float32Array {
  const reach = Math.hypot(y(152) - HINGE_Y, CANONICAL_SHAPE[3 * 152 + 2]! - HINGE_Z);
  return Float32Array.from({ length: SKIN_POINTS }, (_, i) => {
    const below = smooth((y(i) - LIP_LINE) / (1.2 * UNITS_PER_CM) + 0.5);
    return below * Math.min(1, Math.hypot(y(i) - HINGE_Y, CANONICAL_SHAPE[3 * i + 2]! - HINGE_Z) / reach);
  });
}

/** 1 on the landmarks `to` (and where `inside` says so), falling smoothly to 0 at `reachCm` centimetres of the average face. `[468]` */
export function proximity(to: readonly number[], reachCm: number, inside?: (index: number) => boolean): Float32Array {
  return Float32Array.from({ length: SKIN_POINTS }, (_, i) => {
    if (inside?.(i)) return 1;
    const distance = Math.min(...to.map((j) => Math.hypot(...[0, 1, 2].map((k) => CANONICAL_SHAPE[3 * i + k]! - CANONICAL_SHAPE[3 * j + k]!))));
    return smooth(1 - distance / (reachCm * UNITS_PER_CM));
  });
}

function y(index: number): number {
  return CANONICAL_SHAPE[3 * index + 1]!;
}

function smooth(t: number): number {
  const c = Math.min(1, Math.max(0, t));
  return c * c * (3 - 2 * c);
}

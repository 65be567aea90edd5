import { FEATURE, type MotionFrame } from './motion-frame.js';
import { LIP_POINTS } from './lip-columns.js';
import { fromRotationVector, multiply, toRotationVector, transpose } from '../geometry/rotation.js';

/** More than this from one frame to the next (at 25 frames a second) no head does: a detector's slip, or a cut. */
const LARGEST_STEP = {
  turn: 0.35, // radians
  shift: 0.45, // head units
  growth: 0.16, // natural logarithm
  lips: 0.3, // root mean square, head units
  gap: 0.28, // distances between the eyes
} as const;
const USUAL_SECONDS = 1 / 25;
/** After this long without a face, wherever it comes back is believed. */
const FORGOTTEN_SECONDS = 0.25;

/** True when no head moves from `before` to `after` in `seconds`. */
export function isJump(before: MotionFrame, after: MotionFrame, seconds: number): boolean {
  if (seconds > FORGOTTEN_SECONDS) return false;
  const time = Math.max(1, seconds / USUAL_SECONDS);
  const step = (k: number): number => Math.abs(after.pose[k]! - before.pose[k]!) / time;
  const turn = Math.hypot(...toRotationVector(multiply(fromRotationVector(after.pose), transpose(fromRotationVector(before.pose))))) / time;
  return (
    turn > LARGEST_STEP.turn ||
    Math.hypot(step(3), step(4)) > LARGEST_STEP.shift ||
    step(5) > LARGEST_STEP.growth ||
    Math.abs(after.features[FEATURE.lipGap]! - before.features[FEATURE.lipGap]!) / time > LARGEST_STEP.gap ||
    lipStep(before, after) / time > LARGEST_STEP.lips
  );
}

function lipStep(before: MotionFrame, after: MotionFrame): number {
  let squares = 0;
  for (const i of LIP_POINTS) {
    for (let k = 3 * i; k < 3 * i + 3; k++) squares += (after.offsets[k]! - before.offsets[k]!) ** 2;
  }
  return Math.sqrt(squares / LIP_POINTS.length);
}

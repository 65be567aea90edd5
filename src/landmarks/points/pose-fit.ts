import { fromRotationVector } from '../../geometry/rotation.js';
import { CANONICAL_FACE } from './canonical-face.js';
import { solve } from './linear-solve.js';

/** Where the canonical head stands in the picture, weak perspective. */
export interface HeadPose {
  /** `[3, 3]` row-major, image axes. */
  readonly rotation: Float32Array;
  /** Pixels per cm. */
  readonly scale: number;
  /** Pixels: where the head's origin lies. */
  readonly x: number;
  readonly y: number;
}

/** A landmark and where it was placed in the picture, pixels. */
export interface PlacedLandmark {
  readonly landmark: number;
  readonly x: number;
  readonly y: number;
}

/**
 * How strongly the fit prefers a frontal head. Drawn faces have proportions of their own; without a preference a long nose
 * would become a strong pitch. A point that is 0.5 cm off weighs as much as 30 degrees.
 */
const POINT_SIGMA = 0.5; // cm
const ANGLE_SIGMA = Math.PI / 6;
const STEPS = 30;
const DIFFERENCE = 1e-3;

/**
 * Poses the canonical head so that it explains placed landmarks best: Gauss-Newton over rotation vector, scale and position,
 * with a preference for small yaw and pitch (none for roll).
 *
 * @param placed - at least the required named points
 */
export function fitPose(placed: readonly PlacedLandmark[]): HeadPose {
  const parameters = firstGuess(placed);
  const count = 2 * placed.length + 2;
  const residuals = new Float64Array(count);
  const moved = new Float64Array(count);
  const jacobian = Array.from({ length: 6 }, () => new Float64Array(count));
  for (let step = 0; step < STEPS; step++) {
    writeResiduals(parameters, placed, residuals);
    for (let p = 0; p < 6; p++) {
      const shifted = parameters.slice();
      shifted[p]! += DIFFERENCE;
      writeResiduals(shifted, placed, moved);
      for (let i = 0; i < count; i++) jacobian[p]![i] = (moved[i]! - residuals[i]!) / DIFFERENCE;
    }
    const normal = jacobian.map((row) => Float64Array.of(...jacobian.map((column) => dot(row, column)), -dot(row, residuals)));
    for (let p = 0; p < 6; p++) normal[p]![p]! += 1e-9;
    solve(normal);
    for (let p = 0; p < 6; p++) parameters[p]! += normal[p]![6]!;
  }
  const [a, b, roll, logScale, x, y] = parameters as unknown as readonly [number, number, number, number, number, number];
  const scale = Math.exp(logScale);
  return { rotation: rotationOf(a, b, roll), scale, x: x * scale, y: y * scale };
}

/** Canonical landmark in the picture: `[478, 3]` pixels, all of them. */
export function poseCanonical({ rotation, scale, x, y }: HeadPose): Float32Array {
  const points = new Float32Array(CANONICAL_FACE.length);
  for (let i = 0; i < points.length; i += 3) {
    for (let row = 0; row < 3; row++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += rotation[3 * row + k]! * CANONICAL_FACE[i + k]!;
      points[i + row] = sum * scale;
    }
    points[i]! += x;
    points[i + 1]! += y;
  }
  return points;
}

/** Roll and size from the outer eye corners. Parameters: tilt about x and y, roll, log of the scale, position in cm. */
function firstGuess(placed: readonly PlacedLandmark[]): Float64Array {
  const left = placed.find(({ landmark }) => landmark === 33)!;
  const right = placed.find(({ landmark }) => landmark === 263)!;
  const canonicalWidth = CANONICAL_FACE[3 * 263]! - CANONICAL_FACE[3 * 33]!;
  const scale = Math.hypot(right.x - left.x, right.y - left.y) / canonicalWidth;
  const roll = Math.atan2(right.y - left.y, right.x - left.x);
  const guess = Float64Array.of(0, 0, roll, Math.log(scale), 0, 0);
  const rotation = rotationOf(0, 0, roll);
  const at = 3 * 33;
  guess[4] = left.x / scale - (rotation[0]! * CANONICAL_FACE[at]! + rotation[1]! * CANONICAL_FACE[at + 1]!);
  guess[5] = left.y / scale - (rotation[3]! * CANONICAL_FACE[at]! + rotation[4]! * CANONICAL_FACE[at + 1]!);
  return guess;
}

/** Tilt in the head's own axes, then roll in the picture plane. */
function rotationOf(aboutX: number, aboutY: number, roll: number): Float32Array {
  const tilt = fromRotationVector([aboutX, aboutY, 0]);
  const cos = Math.cos(roll);
  const sin = Math.sin(roll);
  return Float32Array.of(
    cos * tilt[0]! - sin * tilt[3]!,
    cos * tilt[1]! - sin * tilt[4]!,
    cos * tilt[2]! - sin * tilt[5]!,
    sin * tilt[0]! + cos * tilt[3]!,
    sin * tilt[1]! + cos * tilt[4]!,
    sin * tilt[2]! + cos * tilt[5]!,
    tilt[6]!,
    tilt[7]!,
    tilt[8]!,
  );
}

/** Misses in cm over POINT_SIGMA, and the two tilts over ANGLE_SIGMA. */
function writeResiduals(parameters: Float64Array, placed: readonly PlacedLandmark[], out: Float64Array): void {
  const rotation = rotationOf(parameters[0]!, parameters[1]!, parameters[2]!);
  const scale = Math.exp(parameters[3]!);
  placed.forEach(({ landmark, x, y }, i) => {
    const at = 3 * landmark;
    for (let row = 0; row < 2; row++) {
      let sum = parameters[4 + row]!;
      for (let k = 0; k < 3; k++) sum += rotation[3 * row + k]! * CANONICAL_FACE[at + k]!;
      out[2 * i + row] = (sum - (row === 0 ? x : y) / scale) / POINT_SIGMA;
    }
  });
  out[2 * placed.length] = parameters[0]! / ANGLE_SIGMA;
  out[2 * placed.length + 1] = parameters[1]! / ANGLE_SIGMA;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

import type { EyeTopology } from '../geometry/face-topology.js';

/** Axes of one eye in canonical space: along the line through its corners, and down across it. */
export interface EyeFrame {
  /** Corner at image left, canonical head units. */
  readonly x: number;
  readonly y: number;
  /** Unit vector to the other corner. */
  readonly alongX: number;
  readonly alongY: number;
  /** Corner to corner, canonical head units. */
  readonly width: number;
}

/** Which pairs of lid points, counted from the left corner, measure how open an eye is: the middle ones, where noise is least. */
const MIDDLE_PAIRS = [3, 4, 5] as const;

/** Axes of an eye. Depth is left out: it is the noisiest of the three coordinates. */
export function eyeFrame(canonical: Float32Array, eye: EyeTopology): EyeFrame {
  const [left, right] = eye.corners;
  const x = canonical[3 * left]!;
  const y = canonical[3 * left + 1]!;
  const dx = canonical[3 * right]! - x;
  const dy = canonical[3 * right + 1]! - y;
  const width = Math.max(Math.hypot(dx, dy), 1e-6);
  return { x, y, alongX: dx / width, alongY: dy / width, width };
}

/** Place of a landmark in an eye's axes, in widths of the eye: 0 at the left corner and 1 at the right; down is positive. */
export function inEye(canonical: Float32Array, index: number, frame: EyeFrame): readonly [along: number, down: number] {
  const dx = canonical[3 * index]! - frame.x;
  const dy = canonical[3 * index + 1]! - frame.y;
  return [(dx * frame.alongX + dy * frame.alongY) / frame.width, (dy * frame.alongX - dx * frame.alongY) / frame.width];
}

/** Distance between the lid margins in the middle of the eye, in widths of the eye; about 0.3 when open. Never negative. */
export function openness(canonical: Float32Array, eye: EyeTopology, frame: EyeFrame): number {
  let sum = 0;
  for (const i of MIDDLE_PAIRS) sum += inEye(canonical, eye.lower[i]!, frame)[1] - inEye(canonical, eye.upper[i]!, frame)[1];
  return Math.max(0, sum / MIDDLE_PAIRS.length);
}

/** How far the lower lid's margin lies below the line through the corners, in widths of the eye. */
export function lowerLid(canonical: Float32Array, eye: EyeTopology, frame: EyeFrame): number {
  let sum = 0;
  for (const i of MIDDLE_PAIRS) sum += inEye(canonical, eye.lower[i]!, frame)[1];
  return sum / MIDDLE_PAIRS.length;
}

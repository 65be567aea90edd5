import { LANDMARK_COUNT } from '../../core/landmarks.js';
import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { EYES } from '../../geometry/face-topology.js';
import type { EyeTopology } from '../../geometry/face-topology.js';

/** Radius of a human iris, cm: 11.7 mm across, nearly the same in everybody. */
export const IRIS_RADIUS = 0.585;

/** `[478, 3]` the average head in image axes, cm: x right, y down, z away from the camera. Irises in the middle of their lids. */
export const CANONICAL_FACE: Float32Array = canonicalFace();

/** The eye's contour, each point once. */
export function eyeContour(eye: EyeTopology): readonly number[] {
  return [...eye.upper, ...eye.lower.slice(1, -1)];
}

/**
 * Writes an iris into `[478, 3]` points.
 *
 * @param across - `[x, y, z]` from the centre to the rim at image right
 * @param down - `[x, y, z]` from the centre to the lower rim
 */
export function placeIris(
  points: Float32Array,
  eye: EyeTopology,
  centre: readonly [number, number, number],
  across: readonly [number, number, number],
  down: readonly [number, number, number],
): void {
  const [middle, right, top, left, bottom] = eye.iris;
  for (let k = 0; k < 3; k++) {
    points[3 * middle + k] = centre[k]!;
    points[3 * right + k] = centre[k]! + across[k]!;
    points[3 * left + k] = centre[k]! - across[k]!;
    points[3 * bottom + k] = centre[k]! + down[k]!;
    points[3 * top + k] = centre[k]! - down[k]!;
  }
}

function canonicalFace(): Float32Array {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < CANONICAL_POSITIONS.length; i++) points[i] = i % 3 === 0 ? CANONICAL_POSITIONS[i]! : -CANONICAL_POSITIONS[i]!;
  for (const eye of EYES) placeIris(points, eye, mean(points, eyeContour(eye)), [IRIS_RADIUS, 0, 0], [0, IRIS_RADIUS, 0]);
  return points;
}

function mean(points: Float32Array, indices: readonly number[]): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const i of indices) for (let k = 0; k < 3; k++) sum[k]! += points[3 * i + k]! / indices.length;
  return sum;
}

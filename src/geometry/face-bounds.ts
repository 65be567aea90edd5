/** Points of the face's mesh, without the irises. */
const MESH_POINTS = 468;

/** The smallest rectangle around a face's mesh, pixels. */
export interface FaceBounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** @param points - `[478, 3]` pixels. */
export function faceBounds(points: Float32Array): FaceBounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < MESH_POINTS * 3; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return { left, top, right, bottom };
}

/** Distance between the outline's points beside the ears, along the picture's rows, pixels. */
export function faceWidth(points: Float32Array): number {
  return Math.abs(points[3 * 454]! - points[3 * 234]!);
}

/** Distance between the outer corners of both eyes, in the plane of the picture or of the face. */
export function eyeDistance(points: Float32Array): number {
  return Math.hypot(points[3 * 263]! - points[3 * 33]!, points[3 * 263 + 1]! - points[3 * 33 + 1]!);
}

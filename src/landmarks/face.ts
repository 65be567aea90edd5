import type { Box } from '../core/frame.js';
import { LANDMARK_COUNT } from '../core/landmarks.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import { RIGID_POINTS } from '../geometry/face-topology.js';
import { fitRotation } from '../geometry/rotation.js';
import { CANONICAL_FACE } from './points/canonical-face.js';

/** 478 points as MediaPipe reports them: x, y normalised by the picture's width and height; z normalised by its width. */
export type RawFace = readonly { readonly x: number; readonly y: number; readonly z: number }[];

/**
 * Turns MediaPipe's output for one picture, or for a crop of it, into the package's face.
 *
 * @param crop - where MediaPipe's picture lies in the whole one, pixels
 */
export function toFace(raw: RawFace, crop: Box): FaceLandmarks {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const point = raw[i]!;
    points[3 * i] = crop.x + point.x * crop.width;
    points[3 * i + 1] = crop.y + point.y * crop.height;
    points[3 * i + 2] = point.z * crop.width;
  }
  return faceOf(points);
}

/**
 * A face from its points.
 *
 * The rotation is fitted to the points in weak perspective. MediaPipe's own pose matrix supposes a camera that looks at the
 * middle of the picture, so it changes by up to 12 degrees when the same face lies elsewhere in it (docs/landmarks.md).
 *
 * @param points - `[478, 3]` pixels
 */
export function faceOf(points: Float32Array): FaceLandmarks {
  return { points, rotation: fitRotation(CANONICAL_FACE, points, RIGID_POINTS), box: boundingBox(points) };
}

/** Smallest rectangle around `[n, 3]` points, pixels. */
export function boundingBox(points: Float32Array): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < points.length; i += 3) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

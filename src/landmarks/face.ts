import type { Box } from '../core/frame.js';
import { LANDMARK_COUNT } from '../core/landmarks.js';
import type { FaceLandmarks } from '../core/landmarks.js';

/** One face as MediaPipe reports it. */
export interface RawFace {
  /** 478 points: x, y normalised by the picture's width and height; z normalised by its width. */
  readonly landmarks: readonly { readonly x: number; readonly y: number; readonly z: number }[];
  /** `[4, 4]` column-major: canonical head (cm, y up) to camera space (origin at the camera, looking down -z). */
  readonly matrix: readonly number[];
}

/**
 * Turns MediaPipe's output for one picture, or for a crop of it, into the package's face.
 *
 * @param crop - where MediaPipe's picture lies in the whole one, pixels
 */
export function toFace(raw: RawFace, crop: Box): FaceLandmarks {
  const points = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const point = raw.landmarks[i]!;
    points[3 * i] = crop.x + point.x * crop.width;
    points[3 * i + 1] = crop.y + point.y * crop.height;
    points[3 * i + 2] = point.z * crop.width;
  }
  return { points, rotation: imageRotation(raw.matrix), box: boundingBox(points) };
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

/**
 * Head rotation in image axes, relative to the line of sight to the face.
 *
 * MediaPipe supposes a camera with a 63 degree field of view that looks at the middle of the picture, so a face that looks
 * at the viewer from the top of a painting gets up to 20 degrees of pitch. Landmarks are predicted in a crop around the face,
 * as the weak-perspective model of this package wants them; turning the line of sight onto the optical axis makes the rotation
 * agree with them, wherever the face lies in the picture.
 */
function imageRotation(matrix: readonly number[]): Float32Array {
  const centring = rotationOnto(matrix[12]!, matrix[13]!, matrix[14]!);
  const rotation = new Float32Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += centring[3 * row + k]! * matrix[k + 4 * column]!;
      // y up, z towards the camera -> y down, z away: conjugation by diag(1, -1, -1)
      rotation[3 * row + column] = (row === 0) === (column === 0) ? sum : -sum;
    }
    const at = 3 * row;
    const length = Math.hypot(rotation[at]!, rotation[at + 1]!, rotation[at + 2]!) || 1;
    for (let k = 0; k < 3; k++) rotation[at + k] = rotation[at + k]! / length;
  }
  return rotation;
}

/** The shortest rotation `[3, 3]` that turns the direction (x, y, z) to (0, 0, -1). */
function rotationOnto(x: number, y: number, z: number): readonly number[] {
  const length = Math.hypot(x, y, z);
  const cos = -z / length;
  if (!(cos > 0)) return [1, 0, 0, 0, 1, 0, 0, 0, 1]; // behind the camera: the pose fit failed, leave it
  // axis = direction x target, Rodrigues with the sine folded in
  const ax = -y / length;
  const ay = x / length;
  const k = 1 / (1 + cos);
  return [cos + ax * ax * k, ax * ay * k, ay, ax * ay * k, cos + ay * ay * k, -ax, -ay, ax, cos];
}

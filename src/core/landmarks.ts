import type { Box } from './frame.js';

/** Points of one face: 468 of the mesh, then 5 of each iris. */
export const LANDMARK_COUNT = 478;

/**
 * One detected face.
 *
 * @public
 */
export interface FaceLandmarks {
  /**
   * `[478, 3]`: x right, y down, in pixels of the picture; z in pixels of the same scale, smaller is nearer to the camera.
   * Order: MediaPipe Face Mesh, 468-472 the iris at image left, 473-477 the iris at image right.
   */
  readonly points: Float32Array;
  /**
   * Rotation of the head, `[3, 3]` row-major, in image axes (x right, y down, z away from the camera);
   * identity = facing the camera.
   */
  readonly rotation: Float32Array;
  /** Bounding box of the points, pixels. */
  readonly box: Box;
}

import { LANDMARK_COUNT, type FaceLandmarks } from '../core/landmarks.js';
import type { FaceState } from '../core/motion.js';
import { VivantError } from '../core/errors.js';
import { RIGID_POINTS } from '../geometry/face-topology.js';
import { centroid, fitRotation } from '../geometry/rotation.js';
import { CANONICAL_SHAPE } from './canonical-shape.js';

/**
 * Depth of the rigid points, as a part of their size, below which landmarks count as flat (drawn by hand, without z):
 * their own rotation can't be seen then, and the one that came with the face is taken.
 */
const FLAT = 0.05;

/**
 * Splits landmarks into who the face is and what it does: `points = scale * rotation * canonical + centre`.
 *
 * The rotation is fitted to the rigid landmarks themselves rather than copied from the detector's pose matrix: that matrix is
 * in perspective camera space, so it turns when a head only moves sideways and leaves more of the pose in the canonical shape
 * (see docs/motion.md for the measured leak).
 *
 * @param face - `points` `[478, 3]` pixels; `rotation` `[3, 3]` row-major, image axes, used for faces without depth only
 * @throws VivantError `INVALID_LANDMARKS` when there are not 478 finite points or they all coincide
 */
export function faceState(face: Pick<FaceLandmarks, 'points' | 'rotation'>): FaceState {
  const { points } = face;
  if (points.length !== 3 * LANDMARK_COUNT || !points.every(Number.isFinite)) {
    throw new VivantError(
      'INVALID_LANDMARKS',
      `Expected ${LANDMARK_COUNT} finite landmarks of 3 numbers each but received ${points.length} numbers; detect the face again or repair the landmark file.`,
      { details: { numbers: points.length } },
    );
  }
  const centre = centroid(points, RIGID_POINTS);
  let squares = 0;
  let depthSquares = 0;
  for (const i of RIGID_POINTS) {
    const depth = points[3 * i + 2]! - centre[2];
    depthSquares += depth * depth;
    squares += (points[3 * i]! - centre[0]) ** 2 + (points[3 * i + 1]! - centre[1]) ** 2 + depth * depth;
  }
  const scale = Math.sqrt(squares / RIGID_POINTS.length);
  if (!(scale > 0)) {
    throw new VivantError('INVALID_LANDMARKS', 'Expected landmarks of a face but received points that all coincide; repair the landmark file.');
  }
  const flat = depthSquares < FLAT * FLAT * squares;
  const rotation = flat ? Float32Array.from(face.rotation) : fitRotation(CANONICAL_SHAPE, points, RIGID_POINTS);
  const canonical = new Float32Array(points.length);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = rotation as unknown as readonly [number, number, number, number, number, number, number, number, number];
  for (let i = 0; i < points.length; i += 3) {
    const x = (points[i]! - centre[0]) / scale;
    const y = (points[i + 1]! - centre[1]) / scale;
    const z = (points[i + 2]! - centre[2]) / scale;
    canonical[i] = r0 * x + r3 * y + r6 * z;
    canonical[i + 1] = r1 * x + r4 * y + r7 * z;
    canonical[i + 2] = r2 * x + r5 * y + r8 * z;
  }
  return { canonical, rotation, scale, centre: Float32Array.from(centre) };
}

/** Puts a face back into the picture: `scale * rotation * canonical + centre`, `[478, 3]` pixels. */
export function posePoints(state: FaceState): Float32Array {
  const { canonical, scale, centre } = state;
  const points = new Float32Array(canonical.length);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = state.rotation as unknown as readonly [number, number, number, number, number, number, number, number, number];
  const [cx, cy, cz] = centre as unknown as readonly [number, number, number];
  for (let i = 0; i < points.length; i += 3) {
    const x = canonical[i]!;
    const y = canonical[i + 1]!;
    const z = canonical[i + 2]!;
    points[i] = scale * (r0 * x + r1 * y + r2 * z) + cx;
    points[i + 1] = scale * (r3 * x + r4 * y + r5 * z) + cy;
    points[i + 2] = scale * (r6 * x + r7 * y + r8 * z) + cz;
  }
  return points;
}

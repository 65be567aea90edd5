import { CANONICAL_POSITIONS } from '../geometry/canonical-mesh.js';
import { RIGID_POINTS } from '../geometry/face-topology.js';
import { centroid } from '../geometry/rotation.js';

/** Number of landmarks that belong to the skin; the ten iris points follow them. */
export const SKIN_POINTS = 468;

/** Canonical head units per centimetre of MediaPipe's average face. */
export const UNITS_PER_CM = unitsPerCentimetre();

/** The average neutral face, `[468, 3]` canonical head units, image axes, centred on its rigid points. */
export const CANONICAL_SHAPE: Float32Array = averageFace();

function unitsPerCentimetre(): number {
  const [x, y, z] = centroid(CANONICAL_POSITIONS, RIGID_POINTS);
  let squares = 0;
  for (const i of RIGID_POINTS) {
    squares +=
      (CANONICAL_POSITIONS[3 * i]! - x) ** 2 + (CANONICAL_POSITIONS[3 * i + 1]! - y) ** 2 + (CANONICAL_POSITIONS[3 * i + 2]! - z) ** 2;
  }
  return 1 / Math.sqrt(squares / RIGID_POINTS.length);
}

function averageFace(): Float32Array {
  const centre = centroid(CANONICAL_POSITIONS, RIGID_POINTS);
  // The mesh file has y up and z towards the camera.
  return Float32Array.from(CANONICAL_POSITIONS, (value, i) => (value - centre[i % 3]!) * UNITS_PER_CM * (i % 3 === 0 ? 1 : -1));
}

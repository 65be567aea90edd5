import { CANONICAL_POSITIONS, CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { EYES } from '../../geometry/face-topology.js';

/** Landmarks miss the silhouette by about this share of the face's width; so far is skin taken further inside. */
const PULL = 0.045;
/** Vertices whose normal leans away from the camera by less than this (cosine) are safe. */
const SAFE_FACING = 0.6;
/** ...and from here on lie on the silhouette or behind it. */
const EDGE_FACING = 0.2;
/** Only the outer face has a silhouette to fear: share of the canonical face's half axes, and those axes in centimetres. */
const OUTER_FROM = 0.6;
const OUTER_TO = 0.9;
const HALF_WIDTH = 7.7;
const HALF_HEIGHT = 8.9;
/** Change of facing (cosine) at which the pull is complete. */
const FULL_REVEAL = 0.22;

/**
 * The side of the face that the source hardly shows.
 *
 * Where the source's cheek turns away, landmarks a few pixels off pick up hair or background, and turning the head towards that
 * side would stretch them into a dark seam. The more such skin is revealed, the further inside its texture is taken from.
 */
export interface RevealGuard {
  /** Writes the source positions to use for this target rotation (`[3, 3]` row-major). */
  apply(rotation: Float32Array, sourceX: Float32Array, sourceY: Float32Array): void;
}

/**
 * @param canonical - `[478, 3]` canonical shape of the source.
 * @param rotation - `[3, 3]` rotation of the source.
 * @param faceWidth - pixels.
 */
export function createRevealGuard(
  canonical: Float32Array,
  rotation: Float32Array,
  faceWidth: number,
  restX: Float32Array,
  restY: Float32Array,
): RevealGuard {
  const normals = vertexNormals(canonical);
  const vertices: number[] = [];
  const pullX: number[] = [];
  const pullY: number[] = [];
  const facing: number[] = [];
  for (let i = 0; i < normals.length / 3; i++) {
    const [x, y, z] = [normals[i * 3]!, normals[i * 3 + 1]!, normals[i * 3 + 2]!];
    const nx = rotation[0]! * x + rotation[1]! * y + rotation[2]! * z;
    const ny = rotation[3]! * x + rotation[4]! * y + rotation[5]! * z;
    const f = -(rotation[6]! * x + rotation[7]! * y + rotation[8]! * z);
    const amount = outerness(i) * Math.min(1, Math.max(0, (SAFE_FACING - f) / (SAFE_FACING - EDGE_FACING)));
    const length = Math.hypot(nx, ny);
    if (amount === 0 || length < 1e-6) continue;
    vertices.push(i);
    facing.push(f);
    pullX.push((-nx / length) * PULL * faceWidth * amount);
    pullY.push((-ny / length) * PULL * faceWidth * amount);
  }
  return {
    apply(target, sourceX, sourceY) {
      for (let k = 0; k < vertices.length; k++) {
        const i = vertices[k]!;
        const f = -(target[6]! * normals[i * 3]! + target[7]! * normals[i * 3 + 1]! + target[8]! * normals[i * 3 + 2]!);
        const reveal = Math.min(1, Math.max(0, (f - facing[k]!) / FULL_REVEAL));
        sourceX[i] = restX[i]! + pullX[k]! * reveal;
        sourceY[i] = restY[i]! + pullY[k]! * reveal;
      }
    },
  };
}

const FEATURES = new Set<number>(EYES.flatMap((eye) => [eye.upper, eye.lower, eye.upperRing, eye.lowerRing].flat()));

function outerness(vertex: number): number {
  if (FEATURES.has(vertex)) return 0;
  const x = CANONICAL_POSITIONS[vertex * 3]! / HALF_WIDTH;
  const y = (CANONICAL_POSITIONS[vertex * 3 + 1]! + 0.5) / HALF_HEIGHT;
  return Math.min(1, Math.max(0, (Math.hypot(x, y) - OUTER_FROM) / (OUTER_TO - OUTER_FROM)));
}

/** Area-weighted vertex normals of the face mesh, pointing out of the face (z towards the camera is negative). */
function vertexNormals(canonical: Float32Array): Float32Array {
  const out = new Float32Array(468 * 3);
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const [a, b, c] = [CANONICAL_TRIANGLES[t]! * 3, CANONICAL_TRIANGLES[t + 1]! * 3, CANONICAL_TRIANGLES[t + 2]! * 3];
    const [ux, uy, uz] = [0, 1, 2].map((k) => canonical[b + k]! - canonical[a + k]!) as [number, number, number];
    const [vx, vy, vz] = [0, 1, 2].map((k) => canonical[c + k]! - canonical[a + k]!) as [number, number, number];
    const n = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const v of [a, b, c]) for (let k = 0; k < 3; k++) out[v + k]! += n[k]!;
  }
  // The winding is the same for all triangles; the nose tip tells which way is out.
  const flip = out[4 * 3 + 2]! > 0 ? -1 : 1;
  for (let i = 0; i < out.length; i += 3) {
    const length = Math.hypot(out[i]!, out[i + 1]!, out[i + 2]!) || 1;
    for (let k = 0; k < 3; k++) out[i + k]! *= flip / length;
  }
  return out;
}

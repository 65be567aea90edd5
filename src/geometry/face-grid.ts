import { CANONICAL_POSITIONS, CANONICAL_TRIANGLES } from './canonical-mesh.js';
import { FACE_OVAL, isOnOutline } from './face-topology.js';

/** Cells across the face, where nothing else is asked for: one is 0.7 % of its width. */
const COLS = 144;

/** `[468, 3]`: the average face seen from the front, image axes (y down), centimetres. */
export const AVERAGE_FACE = Float32Array.from(CANONICAL_POSITIONS, (value, i) => (i % 3 === 1 ? -value : value));

/** 1 for a vertex of the mesh that lies in the face, 0 on its outline. */
export function insideFace(vertex: number): number {
  return isOnOutline(vertex) ? 0 : 1;
}

/** A coarse grid over the source face; every cell knows its place in the face mesh. */
export interface FaceGrid {
  /** Source pixels of the centre of cell (0, 0). */
  readonly originX: number;
  readonly originY: number;
  /** Source pixels per cell. */
  readonly step: number;
  readonly cols: number;
  readonly rows: number;
  /** `[cells]` offset of the cell's triangle in CANONICAL_TRIANGLES, or -1 outside the face. */
  readonly triangle: Int32Array;
  /** `[cells, 2]` barycentric weights of the triangle's second and third vertex. */
  readonly weights: Float32Array;
  /** `[cells]` 0..1, interpolated from the vertices. */
  readonly mask: Float32Array;
}

/** The cells that show a place of the face. */
export function cellsInFace({ triangle }: FaceGrid): Int32Array {
  return Int32Array.from(triangle.keys()).filter((cell) => triangle[cell]! >= 0);
}

/** A coordinate (0 = x, 1 = y) of what a cell inside the face shows, in any face of the same mesh: `points`, `[>= 468, 3]`. */
export function cellPoint({ triangle, weights }: FaceGrid, cell: number, points: ArrayLike<number>, axis: 0 | 1): number {
  const t = triangle[cell]!;
  const u = weights[cell * 2]!;
  const v = weights[cell * 2 + 1]!;
  const corner = (k: number): number => points[CANONICAL_TRIANGLES[t + k]! * 3 + axis]!;
  return corner(0) * (1 - u - v) + corner(1) * u + corner(2) * v;
}

/**
 * @param points - `[478, 3]` landmarks of the source, pixels.
 * @param vertexMask - 0..1 for each of the 468 mesh vertices.
 * @param cols - cells across the face
 */
export function createFaceGrid(points: Float32Array, vertexMask: (vertex: number) => number, cols = COLS): FaceGrid {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const i of FACE_OVAL) {
    left = Math.min(left, points[i * 3]!);
    right = Math.max(right, points[i * 3]!);
    top = Math.min(top, points[i * 3 + 1]!);
    bottom = Math.max(bottom, points[i * 3 + 1]!);
  }
  const step = (right - left) / (cols - 1);
  const rows = Math.max(2, Math.ceil((bottom - top) / step) + 1);
  const triangle = new Int32Array(cols * rows).fill(-1);
  const weights = new Float32Array(cols * rows * 2);
  const mask = new Float32Array(cols * rows);
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const [a, b, c] = [CANONICAL_TRIANGLES[t]!, CANONICAL_TRIANGLES[t + 1]!, CANONICAL_TRIANGLES[t + 2]!];
    const [ax, ay] = [(points[a * 3]! - left) / step, (points[a * 3 + 1]! - top) / step];
    const [ex, ey] = [(points[b * 3]! - left) / step - ax, (points[b * 3 + 1]! - top) / step - ay];
    const [gx, gy] = [(points[c * 3]! - left) / step - ax, (points[c * 3 + 1]! - top) / step - ay];
    const area = ex * gy - ey * gx;
    if (Math.abs(area) < 1e-6) continue;
    for (let y = Math.max(0, Math.ceil(ay + Math.min(0, ey, gy))); y <= Math.min(rows - 1, ay + Math.max(0, ey, gy)); y++) {
      for (let x = Math.max(0, Math.ceil(ax + Math.min(0, ex, gx))); x <= Math.min(cols - 1, ax + Math.max(0, ex, gx)); x++) {
        const u = (gy * (x - ax) - gx * (y - ay)) / area;
        const v = (ex * (y - ay) - ey * (x - ax)) / area;
        if (u < -1e-4 || v < -1e-4 || u + v > 1.0001) continue;
        const o = y * cols + x;
        triangle[o] = t;
        weights[o * 2] = u;
        weights[o * 2 + 1] = v;
        mask[o] = (1 - u - v) * vertexMask(a) + u * vertexMask(b) + v * vertexMask(c);
      }
    }
  }
  return { originX: left, originY: top, step, cols, rows, triangle, weights, mask };
}

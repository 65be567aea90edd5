import type { FlowField } from './flow-field.js';

/** Vertices of one mesh as the source shows them and as the output should. All arrays `[vertices]`, pixels. */
export interface MeshPose {
  readonly sourceX: Float32Array;
  readonly sourceY: Float32Array;
  readonly targetX: Float32Array;
  readonly targetY: Float32Array;
  /** Smaller is nearer to the camera. */
  readonly targetZ: Float32Array;
}

/**
 * Draws a mesh into a flow field with a depth test, so that a turned nose hides the cheek behind it.
 *
 * Inside a triangle the source position is affine in the output position, so each row costs two additions a cell.
 *
 * @param triangles - `[n, 3]` vertex indices.
 * @param depth - `[rows, cols]` scratch, overwritten.
 */
export function rasteriseFlow(mesh: MeshPose, triangles: Uint16Array, field: FlowField, depth: Float32Array): void {
  const { sourceX, sourceY, targetX, targetY, targetZ } = mesh;
  const { cols, rows, step, x: fx, y: fy } = field;
  depth.fill(Infinity);
  const inv = 1 / step;
  // Output pixel -> cell coordinates.
  const bx = (0.5 - field.originX) * inv - 0.5;
  const by = (0.5 - field.originY) * inv - 0.5;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t]!;
    const b = triangles[t + 1]!;
    const c = triangles[t + 2]!;
    const ax = targetX[a]! * inv + bx;
    const ay = targetY[a]! * inv + by;
    const ex = targetX[b]! * inv + bx - ax;
    const ey = targetY[b]! * inv + by - ay;
    const gx = targetX[c]! * inv + bx - ax;
    const gy = targetY[c]! * inv + by - ay;
    const area = ex * gy - ey * gx;
    if (area < 1e-6 && area > -1e-6) continue;
    const x0 = Math.max(0, Math.ceil(ax + Math.min(0, ex, gx) - 1e-3));
    const x1 = Math.min(cols - 1, Math.floor(ax + Math.max(0, ex, gx) + 1e-3));
    const y0 = Math.max(0, Math.ceil(ay + Math.min(0, ey, gy) - 1e-3));
    const y1 = Math.min(rows - 1, Math.floor(ay + Math.max(0, ey, gy) + 1e-3));
    if (x0 > x1 || y0 > y1) continue;
    const k = 1 / area;
    // Barycentric weights of b and c: u = ux*(x-ax) + uy*(y-ay), v likewise.
    const ux = gy * k;
    const uy = -gx * k;
    const vx = -ey * k;
    const vy = ex * k;
    const sax = sourceX[a]!;
    const say = sourceY[a]!;
    const saz = targetZ[a]!;
    const sbx = sourceX[b]! - sax;
    const sby = sourceY[b]! - say;
    const sbz = targetZ[b]! - saz;
    const scx = sourceX[c]! - sax;
    const scy = sourceY[c]! - say;
    const scz = targetZ[c]! - saz;
    for (let y = y0; y <= y1; y++) {
      const dy = y - ay;
      // The row's span where u >= 0, v >= 0 and u + v <= 1 (with a hair of tolerance against cracks).
      let lo = x0 - ax;
      let hi = x1 - ax;
      const u0 = uy * dy + 1e-4;
      const v0 = vy * dy + 1e-4;
      const w0 = 1 - (uy + vy) * dy + 1e-4;
      const wx = -(ux + vx);
      if (ux > 0) lo = Math.max(lo, -u0 / ux);
      else if (ux < 0) hi = Math.min(hi, -u0 / ux);
      else if (u0 < 0) continue;
      if (vx > 0) lo = Math.max(lo, -v0 / vx);
      else if (vx < 0) hi = Math.min(hi, -v0 / vx);
      else if (v0 < 0) continue;
      if (wx > 0) lo = Math.max(lo, -w0 / wx);
      else if (wx < 0) hi = Math.min(hi, -w0 / wx);
      else if (w0 < 0) continue;
      const from = Math.ceil(lo + ax);
      const to = Math.floor(hi + ax);
      for (let x = from, o = y * cols + from; x <= to; x++, o++) {
        const dx = x - ax;
        const u = ux * dx + uy * dy;
        const v = vx * dx + vy * dy;
        const z = saz + u * sbz + v * scz;
        if (z >= depth[o]!) continue;
        depth[o] = z;
        fx[o] = sax + u * sbx + v * scx;
        fy[o] = say + u * sby + v * scy;
      }
    }
  }
}

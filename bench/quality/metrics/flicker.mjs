// Change between neighbouring frames that motion doesn't explain.
import { CANONICAL_TRIANGLES } from '../../../dist/geometry/canonical-mesh.js';
import { createFlowField, resetFlow } from '../../../dist/geometry/flow-field.js';
import { rasteriseFlow } from '../../../dist/geometry/raster.js';

const TRIANGLES = Uint16Array.from(CANONICAL_TRIANGLES);
const VERTICES = 468;

/**
 * Mean absolute difference, 0..1, between a frame and the one before moved along with the face: each triangle of the face mesh
 * carries its pixels. Eyeballs and the inside of the mouth belong to no triangle and are left out.
 *
 * @param before, now - `{ frame, points }` of neighbouring frames; frames of one size, points `[478, 3]` pixels
 * @param crop - rectangle of whole pixels around the face
 */
export function flickerBetween(before, now, crop) {
  const column = (points, k) => Float32Array.from({ length: VERTICES }, (_, i) => points[3 * i + k]);
  const mesh = {
    sourceX: column(before.points, 0),
    sourceY: column(before.points, 1),
    targetX: column(now.points, 0),
    targetY: column(now.points, 1),
    targetZ: column(now.points, 2),
  };
  const flow = createFlowField(crop.x, crop.y, crop.width, crop.height, 1);
  resetFlow(flow);
  const depth = new Float32Array(flow.cols * flow.rows);
  rasteriseFlow(mesh, TRIANGLES, flow, depth);
  const { data, width, height } = before.frame;
  let sum = 0;
  let count = 0;
  for (let y = 0, c = 0; y < flow.rows; y++) {
    for (let x = 0; x < flow.cols; x++, c++) {
      const [sx, sy] = [flow.x[c], flow.y[c]];
      if (depth[c] === Infinity || sx < 0 || sy < 0 || sx > width - 1 || sy > height - 1) continue;
      const ix = Math.min(width - 2, Math.floor(sx));
      const iy = Math.min(height - 2, Math.floor(sy));
      const [fx, fy] = [sx - ix, sy - iy];
      const p = 4 * (iy * width + ix);
      const q = p + 4 * width;
      const o = 4 * ((y + crop.y) * width + x + crop.x);
      for (let k = 0; k < 3; k++) {
        const above = data[p + k] + (data[p + k + 4] - data[p + k]) * fx;
        const below = data[q + k] + (data[q + k + 4] - data[q + k]) * fx;
        sum += Math.abs(now.frame.data[o + k] - above - (below - above) * fy);
      }
      count += 3;
    }
  }
  return count === 0 ? undefined : sum / (255 * count);
}

// Brings the ground truth to where the product puts the head. A head in a portrait stands on painted shoulders, so the product passes on
// only a part of the driver's shift and growth, by design; that is no error of the picture. One similarity per frame, fitted to the
// rigid points of the face, takes it out; it is the same for all rows.
import { RIGID_POINTS } from '../../dist/geometry/face-topology.js';

/** Similarity `x' = a x - b y + tx, y' = b x + a y + ty`. */
export const IDENTITY = { a: 1, b: 0, tx: 0, ty: 0 };

/** The similarity that brings the rigid points of `from` nearest to those of `to` (least squares), both `[478, 3]` pixels. */
export function fitSimilarity(from, to, indices = RIGID_POINTS) {
  const n = indices.length;
  let [fx, fy, gx, gy] = [0, 0, 0, 0];
  for (const i of indices) {
    fx += from[3 * i] / n;
    fy += from[3 * i + 1] / n;
    gx += to[3 * i] / n;
    gy += to[3 * i + 1] / n;
  }
  let [dot, cross, size] = [0, 0, 0];
  for (const i of indices) {
    const [px, py, qx, qy] = [from[3 * i] - fx, from[3 * i + 1] - fy, to[3 * i] - gx, to[3 * i + 1] - gy];
    dot += px * qx + py * qy;
    cross += px * qy - py * qx;
    size += px * px + py * py;
  }
  const [a, b] = [dot / size, cross / size];
  return { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
}

/** `[478, 3]` points after a similarity; depth is scaled with them. */
export function movePoints(points, { a, b, tx, ty }) {
  const out = new Float32Array(points.length);
  const scale = Math.hypot(a, b);
  for (let i = 0; i < points.length; i += 3) {
    out[i] = a * points[i] - b * points[i + 1] + tx;
    out[i + 1] = b * points[i] + a * points[i + 1] + ty;
    out[i + 2] = scale * points[i + 2];
  }
  return out;
}

/**
 * A picture after a similarity (Catmull-Rom), drawn into a rectangle of `out`. The similarity is in landmark coordinates, which the
 * product equates with pixel indices.
 *
 * @param inside - `[h * w]` of `out`: 1 where the picture reaches
 */
export function movePicture(picture, similarity, out, inside, crop) {
  if (similarity === IDENTITY) {
    out.data.set(picture.data);
    inside.fill(1);
    return;
  }
  const { a, b, tx, ty } = similarity;
  const k = 1 / (a * a + b * b);
  const { width, height, data } = picture;
  const wx = new Float32Array(4);
  const wy = new Float32Array(4);
  for (let y = crop.y; y < crop.y + crop.height; y++) {
    for (let x = crop.x, o = y * out.width + x; x < crop.x + crop.width; x++, o++) {
      const sx = k * (a * (x - tx) + b * (y - ty));
      const sy = k * (a * (y - ty) - b * (x - tx));
      const ok = sx >= 0 && sy >= 0 && sx <= width - 1 && sy <= height - 1;
      inside[o] = ok ? 1 : 0;
      if (!ok) continue;
      const ix = Math.floor(sx);
      const iy = Math.floor(sy);
      cubicWeights(sx - ix, wx);
      cubicWeights(sy - iy, wy);
      let [red, green, blue] = [0, 0, 0];
      for (let j = 0; j < 4; j++) {
        const row = Math.min(height - 1, Math.max(0, iy + j - 1)) * width;
        for (let i = 0; i < 4; i++) {
          const p = 4 * (row + Math.min(width - 1, Math.max(0, ix + i - 1)));
          const w = wx[i] * wy[j];
          red += w * data[p];
          green += w * data[p + 1];
          blue += w * data[p + 2];
        }
      }
      out.data[4 * o] = red;
      out.data[4 * o + 1] = green;
      out.data[4 * o + 2] = blue;
      out.data[4 * o + 3] = 255;
    }
  }
}

function cubicWeights(t, out) {
  const t2 = t * t;
  const t3 = t2 * t;
  out[0] = (-t3 + 2 * t2 - t) / 2;
  out[1] = (3 * t3 - 5 * t2 + 2) / 2;
  out[2] = (-3 * t3 + 4 * t2 + t) / 2;
  out[3] = (t3 - t2) / 2;
}

import type { Frame } from '../../core/frame.js';

/** Side of an aligned face, pixels. */
export const ALIGNED_SIDE = 256;
/** Room around the face, as DeepfakeBench's preprocessing leaves it. */
const SCALE = 1.3;
/** The template is given on a grid of this side, */
const GRID = 112;
/** moved to the right by so much (it was made for a grid of 96). */
const SHIFT_X = 8;
/** ArcFace's template: eyes, tip of the nose, corners of the mouth. */
const TEMPLATE: readonly (readonly [x: number, y: number])[] = [
  [30.2946, 51.6963],
  [65.5318, 51.5014],
  [48.0252, 71.7366],
  [33.5493, 92.3655],
  [62.7299, 92.2041],
];

/** A similarity: `x' = a x - b y + tx`, `y' = b x + a y + ty`. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** The template in pixels of an aligned face. */
export const ALIGNED_TEMPLATE: readonly (readonly [x: number, y: number])[] = TEMPLATE.map(([x, y]) => {
  const place = (value: number): number => ((value * ALIGNED_SIDE) / GRID + (ALIGNED_SIDE * (SCALE - 1)) / 2) / SCALE;
  return [place(x + SHIFT_X), place(y)];
});

/**
 * The similarity that brings five points nearest to the template, least squares (Umeyama 1991, without reflection).
 *
 * @param points - `[5, 2]` pixels: eyes, tip of the nose, corners of the mouth
 */
export function alignFive(points: Float32Array): Similarity {
  const n = ALIGNED_TEMPLATE.length;
  let [mx, my, ux, uy] = [0, 0, 0, 0];
  for (const [i, [u, v]] of ALIGNED_TEMPLATE.entries()) {
    mx += points[2 * i]! / n;
    my += points[2 * i + 1]! / n;
    ux += u / n;
    uy += v / n;
  }
  let [dot, cross, spread] = [0, 0, 0];
  for (const [i, [u, v]] of ALIGNED_TEMPLATE.entries()) {
    const [x, y] = [points[2 * i]! - mx, points[2 * i + 1]! - my];
    dot += x * (u - ux) + y * (v - uy);
    cross += x * (v - uy) - y * (u - ux);
    spread += x * x + y * y;
  }
  const [a, b] = [dot / spread, cross / spread];
  return { a, b, tx: ux - a * mx + b * my, ty: uy - b * mx - a * my };
}

/** Moves `[n, 2]` points. */
export function movePoints(points: Float32Array, { a, b, tx, ty }: Similarity): Float32Array {
  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    moved[i] = a * x - b * y + tx;
    moved[i + 1] = b * x + a * y + ty;
  }
  return moved;
}

/** Draws `source` through a similarity into `out`, which is opaque: bilinear, black outside, as OpenCV's `warpAffine` does. */
export function warpSimilarity(source: Frame, { a, b, tx, ty }: Similarity, out: Frame): void {
  const scale = a * a + b * b;
  const { width, height, data } = source;
  const tap = (x: number, y: number, channel: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 4 + channel]!);
  for (let v = 0, i = 0; v < out.height; v++) {
    for (let u = 0; u < out.width; u++, i += 4) {
      const x = (a * (u - tx) + b * (v - ty)) / scale;
      const y = (a * (v - ty) - b * (u - tx)) / scale;
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [wx, wy] = [x - x0, y - y0];
      for (let channel = 0; channel < 3; channel++) {
        const top = tap(x0, y0, channel) * (1 - wx) + tap(x0 + 1, y0, channel) * wx;
        const bottom = tap(x0, y0 + 1, channel) * (1 - wx) + tap(x0 + 1, y0 + 1, channel) * wx;
        out.data[i + channel] = top * (1 - wy) + bottom * wy;
      }
      out.data[i + 3] = 255;
    }
  }
}

import type { DriverView } from '../../core/motion.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { faceWidth } from '../../geometry/face-bounds.js';
import { AVERAGE_FACE, cellsInFace, createFaceGrid, insideFace } from '../../geometry/face-grid.js';

/** Added to levels of 0 to 255, so that the logarithm doesn't magnify the noise of dark skin. */
const OFFSET = 3.3;
/** Steps to a level in the table of logarithms. */
const STEPS = 16;
const LOGARITHMS = Float32Array.from({ length: 255 * STEPS + 1 }, (_, step) => Math.log(step / STEPS + OFFSET));
/** Where cells are larger than this (pixels), four places of each are read instead of one: pores and noise of large faces must not alias. */
const LARGE = 2;

/** Steps between two pixels. */
const UNIT = 256;

/** The average face seen from the front: what all maps of light are laid out on, whoever they are of. */
export const FACE_GRID = createFaceGrid(AVERAGE_FACE, insideFace);
const { cols, rows, triangle, weights, mask } = FACE_GRID;
export const CELLS = cols * rows;
/** The cells that lie in the face, where the corners of their triangles are in landmarks, and the corners' weights. */
const FACE_CELLS = cellsInFace(FACE_GRID);
const CORNERS = Int32Array.from([...FACE_CELLS].flatMap((o) => [0, 1, 2].map((k) => 3 * CANONICAL_TRIANGLES[triangle[o]! + k]!)));
const WEIGHTS = Float32Array.from([...FACE_CELLS].flatMap((o) => [1 - weights[2 * o]! - weights[2 * o + 1]!, weights[2 * o]!, weights[2 * o + 1]!]));
const FACE_MASK = Float32Array.from(FACE_CELLS, (o) => mask[o]!);
const ALL = FACE_MASK.reduce((sum, weight) => sum + weight, 0);

/** Where a map holds its brightness. */
export const BRIGHTNESS = 3 * CELLS;

/**
 * A map of nothing: `[3, rows, cols]` of {@link FACE_GRID}, logarithms of red, green and blue, each less its mean over the face and fading to
 * 0 at the outline; then, at {@link BRIGHTNESS}, the mean luminance.
 */
export function emptyMap(): Float32Array {
  return new Float32Array(3 * CELLS + 1);
}

/** Luminance of three logarithms. */
export function luminance(red: number, green: number): number {
  // Twice green plus red is close enough for a ratio, and blue is where cameras are noisy.
  return (red + 2 * green) / 3;
}

/** Measures the light on a face. @param out - a map, overwritten. */
export function measureLight({ frame, points: p }: Pick<DriverView, 'frame' | 'points'>, out: Float32Array): void {
  const { data, width, height } = frame;
  const [right, bottom, stride] = [width - 1.001, height - 1.001, 4 * width];
  const cell = faceWidth(p) / cols;
  const offsets = cell > LARGE ? [-cell / 4, cell / 4] : [0];
  const scale = STEPS / (UNIT * UNIT * offsets.length ** 2);
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0, c = 0; i < FACE_CELLS.length; i++, c += 3) {
    const a = CORNERS[c]!;
    const b = CORNERS[c + 1]!;
    const d = CORNERS[c + 2]!;
    const u = WEIGHTS[c]!;
    const v = WEIGHTS[c + 1]!;
    const w = WEIGHTS[c + 2]!;
    const centreX = p[a]! * u + p[b]! * v + p[d]! * w;
    const centreY = p[a + 1]! * u + p[b + 1]! * v + p[d + 1]! * w;
    // Written out with integers: this is most of what shading costs.
    let r = 0;
    let g = 0;
    let l = 0;
    for (let j = 0; j < offsets.length; j++) {
      const y = Math.min(bottom, Math.max(0, centreY + offsets[j]!));
      const fy = ((y - (y | 0)) * UNIT) | 0;
      for (let k = 0; k < offsets.length; k++) {
        const x = Math.min(right, Math.max(0, centreX + offsets[k]!));
        const fx = ((x - (x | 0)) * UNIT) | 0;
        const last = fx * fy;
        const under = UNIT * fy - last;
        const next = UNIT * fx - last;
        const here = UNIT * UNIT - last - under - next;
        const o = (y | 0) * stride + 4 * (x | 0);
        const n = o + stride;
        r += data[o]! * here + data[o + 4]! * next + data[n]! * under + data[n + 4]! * last;
        g += data[o + 1]! * here + data[o + 5]! * next + data[n + 1]! * under + data[n + 5]! * last;
        l += data[o + 2]! * here + data[o + 6]! * next + data[n + 2]! * under + data[n + 6]! * last;
      }
    }
    const o = FACE_CELLS[i]!;
    const m = FACE_MASK[i]!;
    red += m * (out[o] = LOGARITHMS[(r * scale + 0.5) | 0]!);
    green += m * (out[o + CELLS] = LOGARITHMS[(g * scale + 0.5) | 0]!);
    blue += m * (out[o + 2 * CELLS] = LOGARITHMS[(l * scale + 0.5) | 0]!);
  }
  [red, green, blue] = [red / ALL, green / ALL, blue / ALL];
  for (let i = 0; i < FACE_CELLS.length; i++) {
    const o = FACE_CELLS[i]!;
    const m = FACE_MASK[i]!;
    out[o] = m * (out[o]! - red);
    out[o + CELLS] = m * (out[o + CELLS]! - green);
    out[o + 2 * CELLS] = m * (out[o + 2 * CELLS]! - blue);
  }
  out[BRIGHTNESS] = luminance(red, green);
}

import type { DriverView } from '../../core/motion.js';
import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { FACE_OVAL } from '../../geometry/face-topology.js';
import { cellPoint, createFaceGrid } from '../face-grid.js';
import { boxBlur } from './box-blur.js';

/** Half side of the squares that are averaged, cells of about 1 % of the face's width: pores and noise are finer. */
const FINE = 1;
/** Added to sums of 18 levels, so that the logarithm doesn't magnify the noise of dark skin. */
const OFFSET = 60;

const OUTLINE = new Set<number>(FACE_OVAL);
/** The average face seen from the front: what all maps of luminance are laid out on, whoever they are of. */
export const FACE_GRID = createFaceGrid(
  Float32Array.from(CANONICAL_POSITIONS, (value, i) => (i % 3 === 1 ? -value : value)),
  (vertex) => (OUTLINE.has(vertex) ? 0 : 1),
);
const { cols, rows, triangle, mask } = FACE_GRID;
const CELLS = cols * rows;
const inFace = Float32Array.from(triangle, (t) => (t < 0 ? 0 : 1));

/** A map of nothing, `[rows, cols]` of {@link FACE_GRID}. */
export function emptyMap(): Float32Array {
  return new Float32Array(CELLS);
}

/** How much of each square lies in the face. */
const SHARE = emptyMap();
boxBlur(inFace, cols, rows, FINE, SHARE, emptyMap());
const WEIGHT = mask.reduce((sum, weight) => sum + weight, 0);

/** Log luminance of a face against its mean, so that neither exposure nor pores and noise are in it; fading to 0 at the outline. */
export class LuminanceMapper {
  readonly #log = emptyMap();
  readonly #scratch = emptyMap();

  /** @param out - a map, overwritten. */
  measure(view: Pick<DriverView, 'frame' | 'points'>, out: Float32Array): void {
    logLuminance(view, this.#log);
    boxBlur(this.#log, cols, rows, FINE, out, this.#scratch);
    let mean = 0;
    for (let o = 0; o < CELLS; o++) if (mask[o]! > 0) mean += (mask[o]! * (out[o]! /= SHARE[o]!)) / WEIGHT;
    for (let o = 0; o < CELLS; o++) out[o] = mask[o]! && mask[o]! * (out[o]! - mean);
  }
}

function logLuminance({ frame, points: p }: Pick<DriverView, 'frame' | 'points'>, out: Float32Array): void {
  const { data, width, height } = frame;
  // Average over about a cell of the picture, so that pores and noise of large faces don't alias.
  const reach = Math.max(1, Math.round(Math.abs(p[454 * 3]! - p[234 * 3]!) / cols / 2));
  const right = reach * 4;
  const down = reach * width * 4;
  for (let o = 0; o < CELLS; o++) {
    if (triangle[o]! < 0) continue;
    const x = clamp(Math.round(cellPoint(FACE_GRID, o, p, 0)), reach, width - 1 - reach);
    const y = clamp(Math.round(cellPoint(FACE_GRID, o, p, 1)), reach, height - 1 - reach);
    const q = (y * width + x) * 4;
    // Twice green plus red is close enough to luminance for a ratio.
    const sum =
      2 * (2 * data[q + 1]! + data[q]!) +
      2 * data[q + right + 1]! + data[q + right]! +
      2 * data[q - right + 1]! + data[q - right]! +
      2 * data[q + down + 1]! + data[q + down]! +
      2 * data[q - down + 1]! + data[q - down]!;
    out[o] = Math.log(sum + OFFSET);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

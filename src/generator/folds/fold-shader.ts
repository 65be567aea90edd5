import type { DriverView } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { createFaceGrid } from '../face-grid.js';
import type { GainMap } from '../sampler/gain-map.js';
import { boxBlur } from './box-blur.js';
import { mayFold } from './foldable.js';

/** Folds live between these radii, cells (about 1 % and 10 % of the face's width across). */
const FINE = 1;
const COARSE = 5;
/** Strength and bounds of the factor. */
const STRENGTH = 0.7;
const DARKEST = Math.log(0.75);
const BRIGHTEST = Math.log(1.2);
/** Share of the new frame in the running map: video noise must not flicker on the portrait. */
const UPDATE = 0.5;

/**
 * Cheek and forehead folds as luminance ratios of the driver, current over reference, in the face's own coordinates
 * (expression ratio images, Liu, Shan and Zhang 2001), band-passed so that neither light nor skin texture comes along.
 */
export class FoldShader {
  readonly #grid;
  readonly #reference: Float32Array;
  readonly #current: Float32Array;
  readonly #fine: Float32Array;
  readonly #coarse: Float32Array;
  readonly #scratch: Float32Array;
  readonly #map: GainMap & { readonly gain: Float32Array };
  #ready = false;

  constructor(photo: SourcePhoto) {
    const grid = createFaceGrid(photo.points, mayFold);
    const cells = grid.cols * grid.rows;
    this.#grid = grid;
    this.#reference = new Float32Array(cells);
    this.#current = new Float32Array(cells);
    this.#fine = new Float32Array(cells);
    this.#coarse = new Float32Array(cells);
    this.#scratch = new Float32Array(cells);
    const { originX, originY, step, cols, rows } = grid;
    this.#map = { originX, originY, step, cols, rows, gain: new Float32Array(cells).fill(1) };
  }

  /** The driver at rest. */
  setReference(view: DriverView): void {
    this.#measure(view, this.#reference);
    this.#ready = true;
  }

  /** Factors for one frame; without a driver they fade back to 1. `undefined` before a reference is set. */
  gains(driver: DriverView | undefined): GainMap | undefined {
    if (!this.#ready) return undefined;
    const { cols, rows, mask } = this.#grid;
    const { gain } = this.#map;
    if (!driver) {
      for (let o = 0; o < gain.length; o++) gain[o]! += (1 - gain[o]!) * UPDATE;
      return this.#map;
    }
    const current = this.#current;
    this.#measure(driver, current);
    for (let o = 0; o < current.length; o++) current[o]! -= this.#reference[o]!;
    boxBlur(current, cols, rows, FINE, this.#fine, this.#scratch);
    boxBlur(current, cols, rows, COARSE, this.#coarse, this.#scratch);
    for (let o = 0; o < gain.length; o++) {
      const band = Math.min(BRIGHTEST, Math.max(DARKEST, this.#fine[o]! - this.#coarse[o]!));
      const factor = Math.exp(STRENGTH * mask[o]! * band);
      gain[o]! += (factor - gain[o]!) * UPDATE;
    }
    return this.#map;
  }

  /** Log luminance of the driver's face at every cell; 0 outside the face. */
  #measure(view: DriverView, out: Float32Array): void {
    const { triangle, weights } = this.#grid;
    const { data, width, height } = view.frame;
    const p = view.points;
    // Average over about a cell of the driver's picture, so that pores and noise of large drivers don't alias.
    const reach = Math.max(1, Math.round(Math.abs(p[454 * 3]! - p[234 * 3]!) / this.#grid.cols / 2));
    for (let o = 0; o < out.length; o++) {
      const t = triangle[o]!;
      if (t < 0) {
        out[o] = 0;
        continue;
      }
      const a = CANONICAL_TRIANGLES[t]! * 3;
      const b = CANONICAL_TRIANGLES[t + 1]! * 3;
      const c = CANONICAL_TRIANGLES[t + 2]! * 3;
      const u = weights[o * 2]!;
      const v = weights[o * 2 + 1]!;
      const w = 1 - u - v;
      const x = Math.round(p[a]! * w + p[b]! * u + p[c]! * v);
      const y = Math.round(p[a + 1]! * w + p[b + 1]! * u + p[c + 1]! * v);
      if (x < reach || y < reach || x >= width - reach || y >= height - reach) {
        out[o] = 0;
        continue;
      }
      const q = (y * width + x) * 4;
      const right = reach * 4;
      const down = reach * width * 4;
      // Twice green plus red is close enough to luminance for a ratio.
      const sum =
        2 * (2 * data[q + 1]! + data[q]!) +
        2 * data[q + right + 1]! + data[q + right]! +
        2 * data[q - right + 1]! + data[q - right]! +
        2 * data[q + down + 1]! + data[q + down]! +
        2 * data[q - down + 1]! + data[q - down]!;
      out[o] = Math.log(sum + 60);
    }
  }
}

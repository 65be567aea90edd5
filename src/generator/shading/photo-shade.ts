import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { between } from '../../geometry/plane.js';
import { cellPoint, cellsInFace, createFaceGrid, insideFace, type FaceGrid } from '../../geometry/face-grid.js';
import type { GainMap } from '../sampler/gain-map.js';
import { BRIGHTNESS, CELLS, emptyMap, FACE_GRID, luminance, measureLight } from './light-map.js';
import { type Strength, strengthOf } from './likeness.js';

/** Bounds of the factors. */
const DARKEST = Math.log(0.6);
const BRIGHTEST = Math.log(1.4);
/** Darker by this much (logarithm), skin doesn't lose any red against green: a fold is never greyer than what it folds, but on pale skin the driver's own tan or beard is. */
const FOLD = 0.06;
/** Share of a change in the whole face's brightness that counts, and the most that it may do (logarithm): some of it is the camera's exposure. */
const BRIGHTNESS_SHARE = 0.5;
const MOST_BRIGHTNESS = 0.03;

/** How a driver's shading goes onto one of the sitter's photos. */
export class PhotoShade {
  readonly #strength: Strength;
  readonly #map: GainMap;
  /** The cells of the photo's grid that lie in its face. */
  readonly #cells: Int32Array;
  /** `[cells]` 1 in the face, fading to 0 at its outline. */
  readonly #mask: Float32Array;
  /** `[cells, 2]` where they lie in the maps: columns and rows of {@link FACE_GRID}. */
  readonly #places: Float32Array;
  /** `[cells, 3]` of the driver doing what the sitter does here, and the mean luminance. */
  readonly #rest: Float32Array;
  readonly #brightness: number;

  /** @param rest - map of the driver doing what the sitter does in the photo */
  constructor(photo: SourcePhoto, rest: Float32Array) {
    const own = emptyMap();
    measureLight(photo, own);
    this.#strength = strengthOf(own, rest);
    this.#brightness = rest[BRIGHTNESS]!;

    const grid = createFaceGrid(photo.points, insideFace);
    const { originX, originY, step, cols, rows } = grid;
    this.#map = { originX, originY, step, cols, rows, gain: new Float32Array(4 * cols * rows).fill(1) };
    this.#cells = cellsInFace(grid);
    this.#mask = Float32Array.from(this.#cells, (cell) => grid.mask[cell]!);
    this.#places = new Float32Array(2 * this.#cells.length);
    this.#rest = new Float32Array(3 * this.#cells.length);
    this.#cells.forEach((cell, i) => {
      const [x, y] = placeInFace(grid, cell);
      this.#places.set([x, y], 2 * i);
      const at = (y | 0) * FACE_GRID.cols + (x | 0);
      for (let k = 0; k < 3; k++) this.#rest[3 * i + k] = between(rest, at + k * CELLS, 1, FACE_GRID.cols, x - (x | 0), y - (y | 0));
    });
  }

  /**
   * Factors for the photo's pixels; overwritten by the next call.
   *
   * @param current - map of the driver now.
   * @param presence - how much of it counts, 0..1.
   */
  gains(current: Float32Array, presence: number): GainMap {
    const light = this.#strength.light * presence;
    const colour = this.#strength.colour * presence;
    const brightened = BRIGHTNESS_SHARE * (current[BRIGHTNESS]! - this.#brightness);
    const brightness = Math.max(-MOST_BRIGHTNESS, Math.min(MOST_BRIGHTNESS, brightened));
    const { gain } = this.#map;
    const { cols } = FACE_GRID;
    for (let i = 0; i < this.#cells.length; i++) {
      const x = this.#places[2 * i]!;
      const y = this.#places[2 * i + 1]!;
      const at = (y | 0) * cols + (x | 0);
      const fx = x - (x | 0);
      const fy = y - (y | 0);
      const red = between(current, at, 1, cols, fx, fy) - this.#rest[3 * i]!;
      const green = between(current, at + CELLS, 1, cols, fx, fy) - this.#rest[3 * i + 1]!;
      const blue = between(current, at + 2 * CELLS, 1, cols, fx, fy) - this.#rest[3 * i + 2]!;
      const change = luminance(red, green);
      const bleached = change < 0 && red < green ? Math.max(0, 1 + change / FOLD) : 1;
      const all = light * (change + brightness * this.#mask[i]!);
      const o = 4 * this.#cells[i]!;
      gain[o] = factor(all + colour * bleached * (red - change));
      gain[o + 1] = factor(all + colour * bleached * (green - change));
      gain[o + 2] = factor(all + colour * (blue - change));
    }
    return this.#map;
  }
}

/** Of a logarithm, bounded. */
function factor(change: number): number {
  const x = Math.min(BRIGHTEST, Math.max(DARKEST, change));
  // The exponential within 0.0003, at a fraction of its cost.
  return 1 + x * (1 + x * (1 / 2 + x * (1 / 6 + x / 24)));
}

/** Column and row of {@link FACE_GRID}, between cells, that a cell of `grid` shows. */
function placeInFace(grid: FaceGrid, cell: number): readonly [number, number] {
  const { originX, originY, step, cols, rows } = FACE_GRID;
  const x = (cellPoint(grid, cell, CANONICAL_POSITIONS, 0) - originX) / step;
  const y = (-cellPoint(grid, cell, CANONICAL_POSITIONS, 1) - originY) / step;
  return [Math.min(cols - 1.001, Math.max(0, x)), Math.min(rows - 1.001, Math.max(0, y))];
}

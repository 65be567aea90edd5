import type { DriverRest, DriverView } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { between } from '../../geometry/plane.js';
import { cellPoint, createFaceGrid, type FaceGrid } from '../face-grid.js';
import type { GainMap } from '../sampler/gain-map.js';
import { emptyMap, FACE_GRID, LuminanceMapper } from './luminance-map.js';

/** Bounds of the factor. */
const DARKEST = 0.6;
const BRIGHTEST = 1.4;
/** Share of the new frame in the running map: video noise must not flicker on the portrait. */
const UPDATE = 0.7;

/** One of the sitter's photos and the driver doing the same. */
interface Pair {
  readonly photo: SourcePhoto;
  /** Map of the driver. */
  readonly rest: Float32Array;
  shade: Shade | undefined;
}

/** How the driver's shading goes onto one photo. */
interface Shade {
  /** Share of the driver's changes that is lent, 0..1. */
  readonly strength: number;
  /** Where each cell of the photo's grid lies in the maps, `[cells, 2]`; -1 where there is no face. */
  readonly places: Float32Array;
  readonly map: GainMap & { readonly gain: Float32Array };
}

/**
 * Folds and shading as luminance ratios of the driver, current over rest, in the face's own coordinates (expression ratio images,
 * Liu, Shan and Zhang 2001).
 *
 * How a face's light changes depends on where the light comes from and what the face is like. So a driver lends of it as much as is
 * alike: the square of the cosine between the maps of the driver at rest and of the photo.
 */
export class FoldShader {
  readonly #mapper = new LuminanceMapper();
  readonly #observed = emptyMap();
  readonly #current = emptyMap();
  #pairs: readonly Pair[] = [];
  /** Whether the driver is seen, eased, 0..1; undefined before the first frame. */
  #presence: number | undefined;

  /** @param photos - of the sitter, the canvas first */
  constructor(private readonly photos: readonly SourcePhoto[]) {}

  /** How the driver looks when doing what the sitter does in each photo. */
  setRest({ views, shares }: DriverRest): void {
    this.#pairs = this.photos.map((photo) => ({ photo, rest: emptyMap(), shade: undefined }));
    views.forEach((view, i) => {
      this.#mapper.measure(view, this.#observed);
      this.#pairs.forEach(({ rest }, k) => {
        for (let o = 0; o < rest.length; o++) rest[o]! += shares[k]![i]! * this.#observed[o]!;
      });
    });
    // Who is seen for the first time in mid-clip starts from here.
    this.#current.set(this.#pairs[0]!.rest);
  }

  /** The driver in one frame; without one, its shading fades. */
  observe(driver: DriverView | undefined): void {
    if (driver && this.#pairs.length > 0) {
      const share = this.#presence === undefined ? 1 : UPDATE;
      this.#mapper.measure(driver, this.#observed);
      for (let o = 0; o < this.#current.length; o++) this.#current[o]! += (this.#observed[o]! - this.#current[o]!) * share;
    }
    const seen = driver ? 1 : 0;
    this.#presence = this.#presence === undefined ? seen : this.#presence + (seen - this.#presence) * UPDATE;
  }

  /** Factors for one photo in the frame that was observed last. `undefined` before the driver's rest is set. */
  gains(index: number): GainMap | undefined {
    const pair = this.#pairs[index];
    if (pair === undefined || this.#presence === undefined) return undefined;
    const { strength, places, map } = (pair.shade ??= this.#shade(pair));
    const share = strength * this.#presence;
    for (let o = 0; o < map.gain.length; o++) {
      const x = places[2 * o]!;
      if (x < 0) continue;
      const y = places[2 * o + 1]!;
      const cell = (y | 0) * FACE_GRID.cols + (x | 0);
      const [fx, fy] = [x - (x | 0), y - (y | 0)];
      const change = between(this.#current, cell, 1, FACE_GRID.cols, fx, fy) - between(pair.rest, cell, 1, FACE_GRID.cols, fx, fy);
      map.gain[o] = Math.min(BRIGHTEST, Math.max(DARKEST, Math.exp(share * change)));
    }
    return map;
  }

  #shade({ photo, rest }: Pair): Shade {
    const grid = createFaceGrid(photo.points, () => 1);
    const { originX, originY, step, cols, rows } = grid;
    const own = emptyMap();
    this.#mapper.measure(photo, own);
    return {
      strength: Math.max(0, likeness(own, rest)) ** 2,
      places: placesInFace(grid),
      map: { originX, originY, step, cols, rows, gain: new Float32Array(cols * rows).fill(1) },
    };
  }
}

/** Columns and rows of {@link FACE_GRID}, between cells, that the cells of `grid` show: `[cells, 2]`, -1 where they show no face. */
function placesInFace(grid: FaceGrid): Float32Array {
  const { originX, originY, step, cols, rows } = FACE_GRID;
  const places = new Float32Array(2 * grid.triangle.length).fill(-1);
  grid.triangle.forEach((t, o) => {
    if (t < 0) return;
    places[2 * o] = Math.min(cols - 1.001, Math.max(0, (cellPoint(grid, o, CANONICAL_POSITIONS, 0) - originX) / step));
    places[2 * o + 1] = Math.min(rows - 1.001, Math.max(0, (-cellPoint(grid, o, CANONICAL_POSITIONS, 1) - originY) / step));
  });
  return places;
}

/** Cosine of two maps, -1..1. */
function likeness(a: Float32Array, b: Float32Array): number {
  let [squaresA, squaresB, products] = [0, 0, 0];
  for (let o = 0; o < a.length; o++) {
    squaresA += a[o]! ** 2;
    squaresB += b[o]! ** 2;
    products += a[o]! * b[o]!;
  }
  const spread = squaresA * squaresB;
  return spread > 0 ? products / Math.sqrt(spread) : 0;
}

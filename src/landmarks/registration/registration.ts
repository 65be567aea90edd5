import type { Frame } from '../../core/frame.js';
import { boxSum } from './box-blur.js';
import { addShift, LAYOUT, PLACES, SKIN_CELLS, TOLD, VERTICES } from './layout.js';
import { CELLS, SkinRelief } from './skin-relief.js';

/**
 * What is around a landmark is weighed by three boxes of these radii (cells), nearly as a Gaussian of 5.5 cells (8 % of the face's width)
 * does, then one of 2.4: first what moved together, then each place by itself.
 */
const WINDOWS = [5, 2] as const;
/** Farther than this no landmark is moved, cells. */
const FARTHEST = 1.5;
/** Of the mean structure of the face, added everywhere: where skin shows little, landmarks hardly move. */
const RELUCTANCE = 0.25;
/** What video noise alone looks like, mean square of the gradient. */
const NOISE = 5e-4;
/** Larger differences are a hand, a reflection or hair (natural logarithm). */
const LARGEST = 0.25;

const { cols, rows } = LAYOUT;
/** The cell that each landmark lies in. */
const CELL_OF = Int32Array.from(TOLD, (vertex) => Math.round(PLACES[2 * vertex + 1]!) * cols + Math.round(PLACES[2 * vertex]!));

/** A picture of the face. */
export interface SkinView {
  readonly frame: Frame;
  /** `[478, 3]` pixels */
  readonly points: Float32Array;
}

/**
 * Puts landmarks where the skin is: a detector knows where a cheek usually lies, pictures show where this one went. The skin around each landmark
 * is compared with the same face at rest, and the landmark follows its shift (inverse compositional Lucas-Kanade: Baker and Matthews 2004, "Lucas-Kanade
 * 20 years on", with a Gaussian window around each landmark). Outline, lids, lips and irises stay where the detector sees them, and so do depths.
 */
export class LandmarkRegistration {
  readonly #rest = new Float32Array(CELLS);
  /** Of the rest, across and down. */
  readonly #across = new Float32Array(CELLS);
  readonly #down = new Float32Array(CELLS);
  /** For each window, `[TOLD, 3]`: the inverse of the structure tensor around each landmark: xx, xy, yy. */
  readonly #inverses: readonly Float32Array[];
  readonly #now = new SkinRelief();
  readonly #x = new Float32Array(CELLS);
  readonly #y = new Float32Array(CELLS);
  readonly #scratch = new Float32Array(CELLS);
  readonly #shift = new Float32Array(2 * VERTICES);

  /**
   * @param views - pictures that together show the face at rest
   * @param shares - how much each of them counts, 0..1, together 1
   */
  constructor(views: readonly SkinView[], shares: ArrayLike<number>) {
    const count = new Float32Array(CELLS);
    views.forEach(({ frame, points }, k) => {
      const share = shares[k]!;
      if (share === 0) return;
      this.#now.measure(frame, points);
      for (let o = 0; o < CELLS; o++) {
        this.#rest[o]! += share * this.#now.values[o]!;
        count[o]! += share * this.#now.seen[o]!;
      }
    });
    for (let o = 0; o < CELLS; o++) if (count[o]! > 0) this.#rest[o]! /= count[o]!;
    this.#measureGradients(count);
    this.#inverses = WINDOWS.map((radius) => this.#structure(radius));
  }

  /**
   * @param points - `[478, 3]` pixels of `frame`, as detected
   * @returns a copy in which the landmarks of the skin lie where the skin does; as detected when that makes the pictures no more alike
   */
  register({ frame, points }: SkinView): Float32Array {
    const shift = this.#shift.fill(0);
    const out = points.slice();
    let unlike = Infinity;
    for (const [round, radius] of WINDOWS.entries()) {
      const inverse = this.#inverses[round]!;
      this.#now.measure(frame, out);
      const before = unlike;
      unlike = this.#compare(radius);
      // It is another face, or too little of this one can be seen.
      if (unlike > before) return points.slice();
      out.set(points);
      TOLD.forEach((vertex, i) => {
        const o = CELL_OF[i]!;
        const [xx, xy, yy] = [inverse[3 * i]!, inverse[3 * i + 1]!, inverse[3 * i + 2]!];
        const right = shift[2 * vertex]! - xx * this.#x[o]! - xy * this.#y[o]!;
        const down = shift[2 * vertex + 1]! - xy * this.#x[o]! - yy * this.#y[o]!;
        const less = Math.min(1, FARTHEST / Math.max(1e-6, Math.hypot(right, down)));
        shift[2 * vertex] = less * right;
        shift[2 * vertex + 1] = less * down;
        addShift(points, vertex, less * right, less * down, out);
      });
    }
    return out;
  }

  #measureGradients(count: Float32Array): void {
    const known = (o: number): boolean => count[o]! > 0;
    for (const o of SKIN_CELLS) {
      if (![o, o - 1, o + 1, o - cols, o + cols].every(known)) continue;
      this.#across[o] = (this.#rest[o + 1]! - this.#rest[o - 1]!) / 2;
      this.#down[o] = (this.#rest[o + cols]! - this.#rest[o - cols]!) / 2;
    }
  }

  /** What the gradients tell around each landmark. */
  #structure(radius: number): Float32Array {
    const products = (a: Float32Array, b: Float32Array): Float32Array => {
      const plane = a.map((value, o) => value * b[o]!);
      this.#gather(plane, radius);
      return plane;
    };
    const [xx, xy, yy] = [products(this.#across, this.#across), products(this.#across, this.#down), products(this.#down, this.#down)];
    const mean = CELL_OF.reduce((sum, o) => sum + (xx[o]! + yy[o]!) / 2 / CELL_OF.length, 0);
    const added = RELUCTANCE * mean + NOISE;
    const inverse = new Float32Array(3 * CELL_OF.length);
    CELL_OF.forEach((o, i) => {
      const [a, b, c] = [xx[o]! + added, xy[o]!, yy[o]! + added];
      const determinant = a * c - b * b;
      inverse.set([c / determinant, -b / determinant, a / determinant], 3 * i);
    });
    return inverse;
  }

  /** Gradient times difference to the rest, gathered around each cell. @returns the mean square of the differences */
  #compare(radius: number): number {
    const { values, seen } = this.#now;
    let squares = 0;
    let count = 0;
    this.#x.fill(0);
    this.#y.fill(0);
    for (let i = 0; i < SKIN_CELLS.length; i++) {
      const o = SKIN_CELLS[i]!;
      if (!seen[o]) continue;
      const difference = Math.min(LARGEST, Math.max(-LARGEST, values[o]! - this.#rest[o]!));
      squares += difference * difference;
      count += 1;
      this.#x[o] = difference * this.#across[o]!;
      this.#y[o] = difference * this.#down[o]!;
    }
    this.#gather(this.#x, radius);
    this.#gather(this.#y, radius);
    return squares / Math.max(1, count);
  }

  #gather(plane: Float32Array, radius: number): void {
    for (let pass = 0; pass < 3; pass++) boxSum(plane, cols, rows, radius, this.#scratch);
    const all = (2 * radius + 1) ** 6;
    for (let o = 0; o < CELLS; o++) plane[o]! /= all;
  }
}

import type { Frame } from '../../core/frame.js';
import { boxSum } from './box-blur.js';
import { addShift, LAYOUT, PLACES, SKIN_CELLS, TOLD, VERTICES } from './layout.js';
import { CELLS, SkinRelief } from './skin-relief.js';

/** Rounds of reading and moving. */
const ROUNDS = 2;
/** Three boxes of this radius (cells) weigh what is around a landmark, nearly as a Gaussian of 2.4 cells does, 3.4 % of the face's width. */
const WINDOW = 2;
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
  /** `[TOLD, 3]`: the inverse of the structure tensor around each landmark: xx, xy, yy. */
  readonly #inverse = new Float32Array(3 * TOLD.length);
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
    this.#measureStructure(count);
  }

  /**
   * @param points - `[478, 3]` pixels of `frame`, as detected
   * @returns a copy in which the landmarks of the skin lie where the skin does
   */
  register({ frame, points }: SkinView): Float32Array {
    const shift = this.#shift.fill(0);
    const out = points.slice();
    for (let round = 0; round < ROUNDS; round++) {
      this.#now.measure(frame, out);
      this.#compare();
      out.set(points);
      TOLD.forEach((vertex, i) => {
        const o = CELL_OF[i]!;
        const [xx, xy, yy] = [this.#inverse[3 * i]!, this.#inverse[3 * i + 1]!, this.#inverse[3 * i + 2]!];
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

  /** Gradients of the rest, and what they tell around each landmark. */
  #measureStructure(count: Float32Array): void {
    const known = (o: number): boolean => count[o]! > 0;
    for (const o of SKIN_CELLS) {
      if (![o, o - 1, o + 1, o - cols, o + cols].every(known)) continue;
      this.#across[o] = (this.#rest[o + 1]! - this.#rest[o - 1]!) / 2;
      this.#down[o] = (this.#rest[o + cols]! - this.#rest[o - cols]!) / 2;
    }
    const tensor = [
      [this.#across, this.#across],
      [this.#across, this.#down],
      [this.#down, this.#down],
    ].map(([a, b]) => {
      const plane = a!.map((value, o) => value * b![o]!);
      this.#gather(plane);
      return plane;
    });
    const mean = CELL_OF.reduce((sum, o) => sum + (tensor[0]![o]! + tensor[2]![o]!) / 2 / CELL_OF.length, 0);
    const added = RELUCTANCE * mean + NOISE;
    CELL_OF.forEach((o, i) => {
      const [xx, xy, yy] = [tensor[0]![o]! + added, tensor[1]![o]!, tensor[2]![o]! + added];
      const determinant = xx * yy - xy * xy;
      this.#inverse.set([yy / determinant, -xy / determinant, xx / determinant], 3 * i);
    });
  }

  /** Gradient times difference to the rest, gathered around each cell. */
  #compare(): void {
    const { values, seen } = this.#now;
    this.#x.fill(0);
    this.#y.fill(0);
    for (let i = 0; i < SKIN_CELLS.length; i++) {
      const o = SKIN_CELLS[i]!;
      if (!seen[o]) continue;
      const difference = Math.min(LARGEST, Math.max(-LARGEST, values[o]! - this.#rest[o]!));
      this.#x[o] = difference * this.#across[o]!;
      this.#y[o] = difference * this.#down[o]!;
    }
    this.#gather(this.#x);
    this.#gather(this.#y);
  }

  #gather(plane: Float32Array): void {
    for (let pass = 0; pass < 3; pass++) boxSum(plane, cols, rows, WINDOW, this.#scratch);
    for (let o = 0; o < CELLS; o++) plane[o]! /= GATHERED;
  }
}

/** What three boxes make of 1. */
const GATHERED = (2 * WINDOW + 1) ** 6;

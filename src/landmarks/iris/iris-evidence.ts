import { DENSITY, SAMPLES } from './iris-window.js';
import type { EyeWindow } from './iris-window.js';

/** Shifts of the iris along the eye that are tried, iris radii: -1..1. */
export const SHIFT_STEP = 0.1;
export const SHIFTS = 21;
const DROP_STEP = 0.12;
const DROPS = 3;
/** Standard deviation of the model's error across the eye, iris radii: lids hide most of what could tell better. */
const DROP_PRIOR = 0.1;
/** Half width of the disc's soft edge, iris radii, and the blur of the smallest pictures, pixels. */
const EDGE = 0.2;
const BLUR = 0.7;
/** Grey levels: a disc that stands out less than this from the rest isn't told from noise. */
const FLOOR = 5;
/** Neighbouring pixels tell nearly the same: so many of them count as one. */
const PIXELS_PER_FACT = 6;
/** Beyond this many the model's shape, not noise, is what limits. */
const MOST_FACTS = 40;
/** Narrower openings, iris radii squared, show lashes as much as an iris: they count less, closed lids nothing. */
const OPEN_AREA = 1.8;

/** What the pictures of one eye tell about where its iris is. Buffers are kept from eye to eye. */
export class ShiftEvidence {
  /** Log-likelihood of each shift along the eye, from -1 to 1 iris radii. */
  readonly logLikelihood = new Float64Array(SHIFTS);
  /** Expected shift across the eye for each shift along it, iris radii. */
  readonly drop = new Float64Array(SHIFTS);

  /** Weighted orthonormal 1, u, u² over the samples: light from the side and dark corners, which are no evidence. */
  readonly #light = [0, 1, 2].map(() => new Float64Array(SAMPLES));
  readonly #rest = new Float64Array(SAMPLES);
  readonly #scores = new Float64Array(DROPS);

  /** Nothing is seen: every shift is as likely. */
  clear(): void {
    this.logLikelihood.fill(0);
    this.drop.fill(0);
  }

  /**
   * Fits brightness = light + contrast * disc to the samples for a disc at every shift. With unknown contrast and noise the
   * log-likelihood is -n/2 log(1 - r²), r the partial correlation of disc and picture; only discs darker than the rest count.
   */
  read(window: EyeWindow): void {
    const { count, weight, radiusU, radiusV } = window;
    const area = this.#fitLight(window);
    let energy = area * FLOOR ** 2;
    for (let n = 0; n < count; n++) energy += weight[n]! * this.#rest[n]! ** 2;
    const opening = area / DENSITY ** 2;
    const facts = Math.min((opening * radiusU * radiusV) / PIXELS_PER_FACT, MOST_FACTS) * Math.min(opening / OPEN_AREA, 1) ** 2;
    const edge = Math.max(EDGE, BLUR / Math.min(radiusU, radiusV));
    for (let i = 0; i < SHIFTS; i++) {
      const shift = (i - (SHIFTS - 1) / 2) * SHIFT_STEP;
      let best = -Infinity;
      for (let j = 0; j < DROPS; j++) {
        const drop = (j - (DROPS - 1) / 2) * DROP_STEP;
        const match = this.#match(window, shift, drop, edge);
        const score = (-facts / 2) * Math.log(1 - Math.min(match / energy, 0.999)) - (drop / DROP_PRIOR) ** 2 / 2;
        this.#scores[j] = score;
        best = Math.max(best, score);
      }
      let sum = 0;
      let moment = 0;
      for (let j = 0; j < DROPS; j++) {
        const share = Math.exp(this.#scores[j]! - best);
        sum += share;
        moment += share * (j - (DROPS - 1) / 2) * DROP_STEP;
      }
      this.logLikelihood[i] = best + Math.log(sum);
      this.drop[i] = moment / sum;
    }
  }

  /** Energy of the picture that a dark disc explains beyond the light. */
  #match({ count, u, v, weight }: EyeWindow, shift: number, drop: number, edge: number): number {
    const [a, b, c] = this.#light as [Float64Array, Float64Array, Float64Array];
    const rest = this.#rest;
    let own = 0;
    let inA = 0;
    let inB = 0;
    let inC = 0;
    let shared = 0;
    const slope = 1 / (4 * edge);
    for (let n = 0; n < count; n++) {
      const x = u[n]! - shift;
      const y = v[n]! - drop;
      // (1 - d²) / 2 is 1 - d near the rim
      const ramp = 0.5 + (1 - x * x - y * y) * slope;
      if (ramp <= 0) continue;
      const disc = ramp < 1 ? ramp : 1;
      const weighted = weight[n]! * disc;
      own += weighted * disc;
      inA += weighted * a[n]!;
      inB += weighted * b[n]!;
      inC += weighted * c[n]!;
      shared += weighted * rest[n]!;
    }
    const free = own - inA * inA - inB * inB - inC * inC;
    return shared < 0 && free > 1e-3 * own ? (shared * shared) / free : 0;
  }

  /** Gram-Schmidt; leaves what light doesn't explain in #rest. Returns the sum of weights. */
  #fitLight({ count, u, weight, value }: EyeWindow): number {
    let area = 0;
    for (let n = 0; n < count; n++) area += weight[n]!;
    for (let k = 0; k < 3; k++) {
      const basis = this.#light[k]!;
      for (let n = 0; n < count; n++) basis[n] = u[n]! ** k;
      let squares = 0;
      for (let pass = 0; pass < k; pass++) remove(this.#light[pass]!, basis, weight, count);
      for (let n = 0; n < count; n++) squares += weight[n]! * basis[n]! ** 2;
      const scale = squares > 1e-9 * area ? 1 / Math.sqrt(squares) : 0;
      for (let n = 0; n < count; n++) basis[n]! *= scale;
    }
    for (let n = 0; n < count; n++) this.#rest[n] = value[n]!;
    for (let k = 0; k < 3; k++) remove(this.#light[k]!, this.#rest, weight, count);
    return area;
  }
}

/** Takes the part along a weighted unit vector away from `values`. */
function remove(direction: Float64Array, values: Float64Array, weight: Float64Array, count: number): void {
  let part = 0;
  for (let n = 0; n < count; n++) part += weight[n]! * direction[n]! * values[n]!;
  for (let n = 0; n < count; n++) values[n]! -= part * direction[n]!;
}

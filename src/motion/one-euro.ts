/** How one quantity is smoothed. */
export interface OneEuroTuning {
  /** Cutoff at rest, hertz: lower removes more jitter. */
  readonly cutoff: number;
  /** Hertz of cutoff gained per unit of speed (units a second): higher lags less in fast motion. */
  readonly beta: number;
}

/** Cutoff for the speed itself, hertz; the paper's value. */
const SPEED_CUTOFF = 1;

/**
 * One-Euro filter (Casiez, Roussel, Vogel, "1 Euro Filter", CHI 2012) over vectors: each has one speed, so that its
 * coordinates keep together.
 */
export class OneEuroFilter {
  readonly #dimensions: number;
  readonly #value: Float64Array;
  readonly #speed: Float64Array;
  #started = false;

  /**
   * @param count - vectors
   * @param dimensions - numbers in each
   */
  constructor(count: number, dimensions: number) {
    this.#dimensions = dimensions;
    this.#value = new Float64Array(count * dimensions);
    this.#speed = new Float64Array(count * dimensions);
  }

  /** Forgets everything: the next values pass as they are. */
  reset(): void {
    this.#started = false;
    this.#speed.fill(0);
  }

  /**
   * Filters in place.
   *
   * @param values - `[count, dimensions]`
   * @param seconds - since the last call, above 0
   * @param tuning - for vector `i`; undefined lets it pass
   * @param trust - 0..1: how far the new values are believed at all; 0 holds the old ones
   */
  filter(values: Float32Array, seconds: number, tuning: (i: number) => OneEuroTuning | undefined, trust = 1): void {
    const d = this.#dimensions;
    if (!this.#started) {
      this.#value.set(values);
      this.#started = true;
      return;
    }
    const speedShare = share(SPEED_CUTOFF, seconds);
    for (let start = 0, i = 0; start < values.length; start += d, i++) {
      let squares = 0;
      for (let k = start; k < start + d; k++) {
        this.#speed[k]! += trust * speedShare * ((values[k]! - this.#value[k]!) / seconds - this.#speed[k]!);
        squares += this.#speed[k]! ** 2;
      }
      const tuned = tuning(i);
      const alpha = trust * (tuned === undefined ? 1 : share(tuned.cutoff + tuned.beta * Math.sqrt(squares), seconds));
      for (let k = start; k < start + d; k++) {
        this.#value[k]! += alpha * (values[k]! - this.#value[k]!);
        values[k] = this.#value[k]!;
      }
    }
  }
}

/** Weight of a new sample in a first-order low-pass filter. */
function share(cutoff: number, seconds: number): number {
  const tau = 1 / (2 * Math.PI * cutoff);
  return 1 / (1 + tau / seconds);
}

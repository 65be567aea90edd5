/** What Adam remembers between steps, `[n]` each. */
export interface Moments {
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.99;
const EPSILON = 1e-8;

export function createMoments(size: number): Moments {
  return { mean: new Float32Array(size), square: new Float32Array(size) };
}

/**
 * One step of Adam on a part of the values, in place.
 *
 * @param part - first element, and the one after the last.
 * @param step - from 1.
 * @param home - where the values came from; `pull` (1/step at a rate of 1) draws them back there.
 */
export function adamStep(values: Float32Array, gradient: Float32Array, { mean, square }: Moments, [from, to]: readonly [number, number], step: number, rate: number, home: Float32Array, pull: number): void {
  const meanShare = 1 / (1 - MEAN_DECAY ** step);
  const squareShare = 1 / (1 - SQUARE_DECAY ** step);
  for (let i = from; i < to; i++) {
    const g = gradient[i]!;
    const m = (mean[i] = MEAN_DECAY * mean[i]! + (1 - MEAN_DECAY) * g);
    const s = (square[i] = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * g * g);
    values[i]! -= rate * ((m * meanShare) / (Math.sqrt(s * squareShare) + EPSILON) + pull * (values[i]! - home[i]!));
  }
}

/** Scales a gradient down to a length of at most `most`, in place. */
export function clipGradient(gradient: Float32Array, most: number): void {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  const length = Math.sqrt(squares);
  if (length <= most) return;
  const factor = most / length;
  for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
}

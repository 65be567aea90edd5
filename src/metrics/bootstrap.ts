import { seededRandom } from './random.js';
import type { RankedSamples } from './samples.js';

/** Bounds of a percentile interval. @public */
export interface Interval {
  /** Lower bound. */
  readonly low: number;
  /** Upper bound. */
  readonly high: number;
}

/** How to draw. */
export interface BootstrapOptions {
  /** How many times the identities are drawn anew. */
  readonly rounds: number;
  /** Fixes the draws. */
  readonly seed: number;
  /** 0..1, for example 0.95. */
  readonly confidence: number;
}

/**
 * Percentile intervals over identities. In each round people are drawn with replacement, and each brings all of their
 * samples, since samples of one person are not independent. People seen in attacks only, in bona fide presentations only
 * and in both are drawn apart, so that no round lacks a class.
 *
 * @param measure - the statistics of one round, given how often each identity was drawn; always in the same order
 * @returns one interval for each statistic
 */
export function bootstrapIntervals(ranked: RankedSamples, measure: (weights: Uint32Array) => readonly number[], options: BootstrapOptions): Interval[] {
  const random = seededRandom(options.seed);
  const strata = strataOf(ranked);
  const weights = new Uint32Array(ranked.identityNames.length);
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < options.rounds; round++) {
    weights.fill(0);
    for (const people of strata) for (let draw = 0; draw < people.length; draw++) weights[people[Math.floor(random() * people.length)]!]!++;
    rounds.push(measure(weights));
  }
  const tail = (1 - options.confidence) / 2;
  return (rounds[0] ?? []).map((_, statistic) => {
    const values = Float64Array.from(rounds, (round) => round[statistic]!).sort();
    return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
  });
}

function strataOf({ species, identity, identityNames }: RankedSamples): number[][] {
  const seen = new Uint8Array(identityNames.length);
  for (let i = 0; i < species.length; i++) seen[identity[i]!]! |= species[i]! < 0 ? 1 : 2;
  return [1, 2, 3].map((kind) => [...seen.keys()].filter((person) => seen[person] === kind)).filter((people) => people.length > 0);
}

/** Linear between order statistics (type 7), as NumPy and R have it by default. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const place = part * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (place - below) * (high - low);
}

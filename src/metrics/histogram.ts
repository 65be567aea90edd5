/** How scores of one class are spread over equal bins. @public */
export interface Histogram {
  /** `[bins + 1]`, rising. */
  readonly edges: readonly number[];
  /** `[bins]`: samples in each; the last bin holds its upper edge. */
  readonly counts: readonly number[];
}

/** Counts `scores` in `bins` equal bins from `low` to `high`; what lies outside is counted in the outermost ones. */
export function histogram(scores: Iterable<number>, low: number, high: number, bins: number): Histogram {
  const counts = new Array<number>(bins).fill(0);
  for (const score of scores) {
    const bin = Math.floor(((score - low) / (high - low)) * bins);
    counts[Math.min(bins - 1, Math.max(0, bin))]!++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins), counts };
}

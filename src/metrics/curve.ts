import type { RankedSamples } from './samples.js';

/**
 * Every operating point that the scores allow, from "everything is called an attack" to "nothing is". At point `k` a
 * presentation is called an attack when its score is at least `threshold[k]`.
 */
export interface OperatingCurve {
  /** `[points]`, rising; the last one is infinity. */
  readonly threshold: Float64Array;
  /** `[points]`, 0..1, rising: attacks of all species together that pass as bona fide. */
  readonly apcer: Float64Array;
  /** `[points]`, 0..1, rising: the same of the species that passes most often. */
  readonly worstApcer: Float64Array;
  /** `[points]`, 0..1, falling: bona fide presentations called an attack. */
  readonly bpcer: Float64Array;
  /** Weight of all attacks, and of all bona fide presentations. */
  readonly attacks: number;
  readonly bonaFide: number;
}

/**
 * The curve of ranked samples.
 *
 * @param weights - `[identities]`: how often each identity counts. Default: once.
 * @returns `undefined` when one of the two classes has no weight: nothing can be said then.
 */
export function operatingCurve(ranked: RankedSamples, weights?: ArrayLike<number>): OperatingCurve | undefined {
  const { scores, species, identity, speciesNames } = ranked;
  const n = scores.length;
  const perSpecies = new Float64Array(speciesNames.length);
  let bonaFide = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[identity[i]!]!;
    if (species[i]! < 0) bonaFide += weight;
    else perSpecies[species[i]!]! += weight;
  }
  const attacks = perSpecies.reduce((sum, weight) => sum + weight, 0);
  if (attacks === 0 || bonaFide === 0) return undefined;

  const threshold = new Float64Array(n + 1);
  const apcer = new Float64Array(n + 1);
  const worstApcer = new Float64Array(n + 1);
  const bpcer = new Float64Array(n + 1);
  const passed = new Float64Array(speciesNames.length);
  let passedAttacks = 0;
  let worst = 0;
  let accepted = 0;
  let points = 0;
  for (let i = 0; i <= n; i++) {
    // A point stands before the first sample of each distinct score, and after the last sample.
    if (i === n || i === 0 || scores[i] !== scores[i - 1]) {
      threshold[points] = i === n ? Infinity : scores[i]!;
      apcer[points] = passedAttacks / attacks;
      worstApcer[points] = worst;
      bpcer[points] = (bonaFide - accepted) / bonaFide;
      points++;
    }
    if (i === n) break;
    const weight = weights === undefined ? 1 : weights[identity[i]!]!;
    const kind = species[i]!;
    if (kind < 0) accepted += weight;
    else if (weight > 0) {
      passedAttacks += weight;
      passed[kind]! += weight;
      worst = Math.max(worst, passed[kind]! / perSpecies[kind]!);
    }
  }
  const cut = (values: Float64Array): Float64Array => values.subarray(0, points);
  return { threshold: cut(threshold), apcer: cut(apcer), worstApcer: cut(worstApcer), bpcer: cut(bpcer), attacks, bonaFide };
}

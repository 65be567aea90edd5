/** One presentation that a detector was shown: a clip, or a frame of one. */
export interface ScoredSample {
  /** How much like an attack it looked: higher is more. `null`: the detector gave no answer (no face found, for example). */
  readonly score: number | null;
  /** Truth. */
  readonly attack: boolean;
  /** Attack instrument species; ignored for bona fide presentations. */
  readonly species: string;
  /** The person seen. Bootstrap samples are drawn over these. */
  readonly identity: string;
}

/** Samples in rising order of score, as columns. */
export interface RankedSamples {
  /** `[n]`, rising. */
  readonly scores: Float64Array;
  /** `[n]`: index into `speciesNames`, -1 for bona fide. */
  readonly species: Int32Array;
  /** `[n]`: index into `identityNames`. */
  readonly identity: Int32Array;
  readonly speciesNames: readonly string[];
  readonly identityNames: readonly string[];
  /** Presentations without an answer; no rate counts them. */
  readonly unanswered: { readonly attack: number; readonly bonaFide: number };
}

/** Sorts samples once, so that every rate after it is one pass. Names are in alphabetical order. */
export function rankSamples(samples: readonly ScoredSample[]): RankedSamples {
  const answered = samples.filter((sample): sample is ScoredSample & { score: number } => sample.score !== null);
  answered.sort((a, b) => a.score - b.score);
  const speciesNames = namesOf(answered.filter(({ attack }) => attack).map(({ species }) => species));
  const identityNames = namesOf(answered.map(({ identity }) => identity));
  const speciesIndex = new Map(speciesNames.map((name, i) => [name, i]));
  const identityIndex = new Map(identityNames.map((name, i) => [name, i]));
  const silent = samples.filter(({ score }) => score === null);
  const silentAttacks = silent.filter(({ attack }) => attack).length;
  return {
    scores: Float64Array.from(answered, ({ score }) => score),
    species: Int32Array.from(answered, ({ attack, species }) => (attack ? speciesIndex.get(species)! : -1)),
    identity: Int32Array.from(answered, ({ identity }) => identityIndex.get(identity)!),
    speciesNames,
    identityNames,
    unanswered: { attack: silentAttacks, bonaFide: silent.length - silentAttacks },
  };
}

function namesOf(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

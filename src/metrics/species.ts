import type { RankedSamples } from './samples.js';

/** How often attacks of one species pass at a threshold. @public */
export interface SpeciesRate {
  /** The species. */
  readonly species: string;
  /** Presentations of this species that were answered. */
  readonly count: number;
  /** 0..1. */
  readonly apcer: number;
}

/** APCER of each species at a threshold, in the order of `speciesNames`. */
export function apcerBySpecies({ scores, species, speciesNames }: RankedSamples, threshold: number): SpeciesRate[] {
  const count = new Uint32Array(speciesNames.length);
  const passed = new Uint32Array(speciesNames.length);
  for (let i = 0; i < scores.length; i++) {
    const kind = species[i]!;
    if (kind < 0) continue;
    count[kind]!++;
    if (scores[i]! < threshold) passed[kind]!++;
  }
  return speciesNames.map((name, i) => ({ species: name, count: count[i]!, apcer: passed[i]! / count[i]! }));
}

import type { DesignLine, DriverLine, Settings, SubjectLine } from '../manifest/schema.js';
import { chance, shuffled } from './random.js';
import type { Split } from './splits.js';

/** One synthetic clip of a design, before files are looked at. */
export interface Combination {
  readonly subject: SubjectLine;
  readonly driver: DriverLine;
  readonly settings: Settings;
  /** From 0. */
  readonly take: number;
  readonly split: Split;
  readonly seed: number;
  /** Length of the clip, seconds; the driver may be shorter. */
  readonly seconds: number;
  /** Where in the driver the clip starts, 0..1 of the room there is. */
  readonly place: number;
}

/** What a design is expanded over. */
export interface DesignParts {
  readonly subjects: readonly SubjectLine[];
  readonly drivers: readonly DriverLine[];
  readonly splitOf: (entry: SubjectLine | DriverLine) => Split;
  readonly seed: number;
  readonly seconds: number;
}

/** All clips of a design in an order that doesn't depend on the manifest's; pairs across splits are left out. */
export function expandDesign(design: DesignLine, { subjects, drivers, splitOf, seed: corpusSeed, seconds }: DesignParts): readonly Combination[] {
  const seed = design.seed ?? corpusSeed;
  const among = <T extends { readonly id: string }>(all: readonly T[], names: readonly string[]): T[] => all.filter(({ id }) => names.includes('*') || names.includes(id));
  const all: Combination[] = [];
  for (const subject of among(subjects, design.subjects)) {
    for (const driver of among(drivers, design.drivers)) {
      if (splitOf(subject) !== splitOf(driver)) continue;
      for (const [index, settings] of design.settings.entries()) {
        for (let take = 0; take < design.takes; take++) {
          const place = chance(seed, design.name, subject.id, driver.id, index, take);
          all.push({ subject, driver, settings, take, split: splitOf(subject), seed, seconds: design.seconds ?? seconds, place });
        }
      }
    }
  }
  return design.count === undefined || design.count >= all.length ? all : evenSample(all, design.count, seed, design.name);
}

/** So many clips that every sitter has the same number, give or take one. */
function evenSample(all: readonly Combination[], count: number, seed: number, name: string): readonly Combination[] {
  const key = ({ subject, driver, settings, take }: Combination): string => JSON.stringify([subject.id, driver.id, settings, take]);
  const order = shuffled(all, key, seed, name, 'sample');
  const ranks = new Map<string, number>();
  const ranked = order.map((clip) => {
    const rank = ranks.get(clip.subject.id) ?? 0;
    ranks.set(clip.subject.id, rank + 1);
    return { clip, rank };
  });
  const chosen = new Set(ranked.sort((a, b) => a.rank - b.rank).slice(0, count).map(({ clip }) => clip));
  return all.filter((clip) => chosen.has(clip));
}

import { createHash } from 'node:crypto';

/** A number in 0..1 that depends on nothing but its names: the same on every machine, in any order of asking. */
export function chance(...names: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(names)).digest().readUInt32BE(0) / 2 ** 32;
}

/** The entries in an order that the seed decides, whatever order they were in. */
export function shuffled<T>(entries: readonly T[], key: (entry: T) => string, ...seed: readonly (string | number)[]): T[] {
  const ranked = entries.map((entry) => ({ entry, name: key(entry), rank: chance(...seed, key(entry)) }));
  return ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1)).map(({ entry }) => entry);
}

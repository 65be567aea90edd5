import { VivantError } from '../../core/errors.js';
import { shuffled } from './random.js';

/** Parts of a corpus. */
export const SPLITS = ['train', 'val', 'test'] as const;
/** A part of a corpus: detectors learn on `train`, are tuned on `val` and judged on `test`. @public */
export type Split = (typeof SPLITS)[number];

/** What an identity does in the corpus. */
export type Role = 'recording' | 'driver' | 'subject';

/** One appearance of an identity. */
export interface Appearance {
  readonly identity: string;
  readonly role: Role;
  /** Where the manifest puts it; absent: anywhere. */
  readonly split?: Split | undefined;
}

/** The scarcest first: real people, then performers, then sitters. */
const ORDER: readonly Role[] = ['recording', 'driver', 'subject'];

/**
 * Puts every identity into one split. An identity is a person or character however they appear: as a sitter, as a driver whose
 * performance and mouth show in clips of others, or filmed. First every split gets one of each role as far as there are enough,
 * then shares are filled; the seed decides who.
 *
 * @param shares - of identities; a split with share 0 gets none
 */
export function assignSplits(appearances: readonly Appearance[], shares: Readonly<Record<Split, number>>, seed: number): ReadonlyMap<string, Split> {
  const assigned = new Map<string, Split>();
  for (const { identity, split } of appearances) if (split !== undefined) assigned.set(identity, split);
  const total = SPLITS.reduce((sum, split) => sum + shares[split], 0);
  const open = SPLITS.filter((split) => shares[split] > 0);
  for (const role of ORDER) {
    const members = [...new Set(appearances.filter((appearance) => appearance.role === role).map(({ identity }) => identity))];
    const counts: Record<Split, number> = { train: 0, val: 0, test: 0 };
    for (const identity of members) if (assigned.has(identity)) counts[assigned.get(identity)!]++;
    const wanted = (split: Split): number => (shares[split] / total) * members.length - counts[split];
    // Train first, then test: with two people there is something to learn from and something to be judged on.
    const preference: readonly Split[] = ['train', 'test', 'val'];
    for (const identity of shuffled(members.filter((name) => !assigned.has(name)), (name) => name, seed, 'split', role)) {
      const empty = preference.filter((split) => open.includes(split) && counts[split] === 0);
      const candidates = empty.length > 0 ? empty : preference.filter((split) => open.includes(split));
      const best = empty.length > 0 ? empty[0]! : candidates.reduce((a, b) => (wanted(b) > wanted(a) ? b : a));
      assigned.set(identity, best);
      counts[best]++;
    }
  }
  return assigned;
}

/**
 * Makes sure that no identity is in two splits.
 *
 * @throws VivantError `INVALID_CORPUS` that names the identity and two clips
 */
export function checkNoLeak(clips: readonly { readonly id: string; readonly split: Split; readonly identities: readonly string[] }[]): void {
  const first = new Map<string, { readonly id: string; readonly split: Split }>();
  for (const { id, split, identities } of clips) {
    for (const identity of identities) {
      const seen = first.get(identity);
      if (seen === undefined) first.set(identity, { id, split });
      else if (seen.split !== split) {
        throw new VivantError('INVALID_CORPUS', `Expected every identity in one split but ${identity} is in ${seen.split} (${seen.id}) and in ${split} (${id}): a detector could recognise the person.`, {
          details: { identity, clips: [seen.id, id] },
        });
      }
    }
  }
}

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
const ROLES: readonly Role[] = ['recording', 'driver', 'subject'];
/** Train before test before val: with two people there is something to learn from and something to be judged on. */
const CHOICES: readonly (readonly Split[])[] = [['train', 'test', 'val'], ['train', 'test'], ['train', 'val'], ['test', 'val'], ['train'], ['test'], ['val']];

/**
 * Puts every identity into one split. An identity is a person or character however they appear: as a sitter, as a driver whose
 * performance and mouth show in clips of others, or filmed. First every split gets one of each role, then shares are filled; the
 * seed decides who. Where there are too few of a role for all splits, val is left empty, then test: a split with one class trains
 * nothing and judges nothing, and a sitter without a driver in its split makes no clip.
 *
 * @param shares - of identities; a split with share 0 gets none
 */
export function assignSplits(appearances: readonly Appearance[], shares: Readonly<Record<Split, number>>, seed: number): ReadonlyMap<string, Split> {
  const cast = new Cast(appearances);
  const open = openSplits(cast, shares);
  const total = open.reduce((sum, split) => sum + shares[split], 0);
  for (const role of ROLES) {
    const size = cast.size(role);
    // Whoever has several roles first: they may be the only ones left for another one.
    const order = shuffled(cast.free(role), (identity) => identity, seed, 'split', role).sort((a, b) => cast.rolesOf(b).size - cast.rolesOf(a).size);
    for (const identity of order) {
      const missing = (split: Split): number => [...cast.rolesOf(identity)].filter((other) => cast.count(other, split) === 0).length;
      const wanted = (split: Split): number => (shares[split] / total) * size - cast.count(role, split);
      const bare = open.filter((split) => cast.count(role, split) === 0);
      cast.put(identity, bare.length > 0 ? best(bare, missing) : best(open, missing, wanted));
    }
  }
  return cast.assigned;
}

/** Who has which roles, and where they are so far. */
class Cast {
  readonly assigned = new Map<string, Split>();
  readonly #roles = new Map<string, Set<Role>>();
  readonly #counts = new Map<string, number>();

  /** @param appearances - those with a `split` are put there at once */
  constructor(appearances: readonly Appearance[]) {
    for (const { identity, role } of appearances) this.#roles.set(identity, (this.#roles.get(identity) ?? new Set()).add(role));
    for (const { identity, split } of appearances) if (split !== undefined && !this.assigned.has(identity)) this.put(identity, split);
  }

  put(identity: string, split: Split): void {
    this.assigned.set(identity, split);
    for (const role of this.rolesOf(identity)) this.#counts.set(`${role} ${split}`, this.count(role, split) + 1);
  }

  rolesOf(identity: string): ReadonlySet<Role> {
    return this.#roles.get(identity)!;
  }

  count(role: Role, split: Split): number {
    return this.#counts.get(`${role} ${split}`) ?? 0;
  }

  size(role: Role): number {
    return [...this.#roles.values()].filter((roles) => roles.has(role)).length;
  }

  /** Those that are in no split yet. */
  free(role: Role): readonly string[] {
    return [...this.#roles].filter(([identity, roles]) => roles.has(role) && !this.assigned.has(identity)).map(([identity]) => identity);
  }
}

/** As many splits as there are identities for, in every role that the manifest has. */
function openSplits(cast: Cast, shares: Readonly<Record<Split, number>>): readonly Split[] {
  const suffices = (splits: readonly Split[]): boolean =>
    ROLES.every((role) => cast.size(role) === 0 || splits.filter((split) => cast.count(role, split) === 0).length <= cast.free(role).length);
  const choices = CHOICES.map((choice) => choice.filter((split) => shares[split] > 0)).sort((a, b) => b.length - a.length);
  // What the manifest fixes may leave too little for any: then as if nothing were scarce.
  return choices.find((choice) => choice.length > 0 && suffices(choice)) ?? choices[0]!;
}

/** The split with the highest value by the first measure; ties by the next one, then by the order given. */
function best(splits: readonly Split[], ...measures: readonly ((split: Split) => number)[]): Split {
  return [...splits].sort((a, b) => measures.map((measure) => measure(b) - measure(a)).find((difference) => difference !== 0) ?? 0)[0]!;
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

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VivantError } from '../core/errors.js';
import type { Box } from '../core/frame.js';
import type { Quality } from '../core/ports.js';
import { labelSchema, parseWith, type Label } from './label.js';
import { LEVELS, type Level } from './levels.js';
import type { Split } from './design/splits.js';

/** Name of the index of a corpus. */
export const INDEX_FILE = 'corpus.json';

/** What `corpus.json` holds. */
export const corpusIndexSchema = z.object({
  format: z.literal('tableau-vivant-corpus'),
  version: z.literal(1),
  name: z.string(),
  seed: z.int().nonnegative(),
  tool: z.object({ name: z.string(), version: z.string() }),
  levels: z.array(z.enum(LEVELS)).min(1),
  items: z.array(labelSchema).describe('The labels of all clips, as in items/<id>/label.json.'),
  failed: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
  missing: z.array(z.string()).describe('Ids of clips that are planned and neither made nor failed.'),
});
export type CorpusIndex = z.output<typeof corpusIndexSchema>;

/** One file of a corpus: a clip at one compression level. */
export interface CorpusItem {
  /** `<item>/<compression>`, unique. */
  readonly id: string;
  /** The clip; the same at every compression level. */
  readonly item: string;
  /** Relative to the corpus, with slashes. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly label: 'bona-fide' | 'attack';
  /** Kind of attack instrument, without compression; `null` for bona fide clips. */
  readonly species: string | null;
  /** Whose face is seen. */
  readonly identity: string;
  readonly split: Split;
  readonly compression: Level;
  readonly quality: Quality | null;
  /** Id of the driver; `null` for bona fide clips. */
  readonly driver: string | null;
  /** Attributes of the subject. */
  readonly groups: Readonly<Record<string, string>>;
  readonly frames: number;
  readonly fps: number;
  /** Of the file, pixels. */
  readonly width: number;
  readonly height: number;
  /** The picture within a frame, without the band below it: what a detector should be given. */
  readonly picture: Box;
  /** Roughly where the face is, pixels of a frame. */
  readonly face: Box;
  /** What lies over the pixels. */
  readonly mark: 'mark' | 'decoy' | 'none';
}

/** A made corpus. */
export interface Corpus {
  readonly dir: string;
  readonly name: string;
  readonly seed: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly levels: readonly Level[];
  /** Every clip at every level, in the order of their ids. */
  readonly items: readonly CorpusItem[];
  readonly labels: readonly Label[];
}

/**
 * Reads the index of a made corpus.
 *
 * @throws VivantError `INPUT_NOT_FOUND` when there is none, `INVALID_CORPUS` when it isn't one
 */
export async function readCorpus(dir: string): Promise<Corpus> {
  const path = join(dir, INDEX_FILE);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VivantError('INPUT_NOT_FOUND', `Expected a corpus at ${dir} but ${path} can't be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}). Make one with "vivant corpus make".`, { details: { path }, cause });
  });
  const { name, seed, tool, levels, items } = parseWith(corpusIndexSchema, text, path);
  return { dir, name, seed, tool, levels, labels: items, items: items.flatMap(filesOf) };
}

function filesOf(label: Label): readonly CorpusItem[] {
  const { id, species, identity, split, settings, driver, groups, clip, mark } = label;
  const { frames, fps, width, height, picture, face } = clip;
  return label.files.map(({ level, path, sha256, bytes }): CorpusItem => ({
    id: `${id}/${level}`,
    item: id,
    file: `items/${id}/${path}`,
    sha256,
    bytes,
    label: label.class === 'attack' ? 'attack' : 'bona-fide',
    species,
    identity,
    split,
    compression: level,
    quality: settings?.quality ?? null,
    driver: driver?.id ?? null,
    groups,
    frames,
    fps,
    width,
    height,
    picture,
    face,
    mark: mark.kind,
  }));
}

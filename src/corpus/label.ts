import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VivantError } from '../core/errors.js';
import { DISCLOSURE_LAYERS } from '../core/disclosure.js';
import { RIGHTS_BASES } from '../core/rights.js';
import { SPLITS } from './design/splits.js';
import { LEVELS } from './levels.js';
import { settingsSchema } from './manifest/schema.js';

const count = z.int().nonnegative();
const pixels = z.int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const box = z.object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() });
const file = z.object({ name: z.string(), sha256 });
const personRights = z.object({ basis: z.enum(RIGHTS_BASES), subject: z.string(), note: z.string().exactOptional() });
const driverRights = z.object({ basis: z.enum([...RIGHTS_BASES, 'synthetic']), subject: z.string().exactOptional(), note: z.string().exactOptional() });
const status = z.enum(['present', 'absent', 'altered', 'unsupported']);
const layers = z.object(Object.fromEntries(DISCLOSURE_LAYERS.map((layer) => [layer, status])) as Record<(typeof DISCLOSURE_LAYERS)[number], typeof status>);
const stretch = z.object({ start: z.number().nonnegative(), end: z.number().positive() });

/** What `items/<id>/label.json` says about one clip in all its compression levels. */
export const labelSchema = z.object({
  format: z.literal('tableau-vivant-corpus-item'),
  version: z.literal(1),
  id: z.string(),
  key: sha256.describe('Of everything that decides the frames: same key, same frames.'),
  class: z.enum(['attack', 'bonafide']),
  split: z.enum(SPLITS),
  identity: z.string().describe('Whose face is seen.'),
  identities: z.array(z.string()).min(1).describe('Everybody whose face or performance is in the clip; none of them is in two splits.'),
  groups: z.record(z.string(), z.string()),
  species: z.string().nullable().describe('Kind of attack instrument, without compression; null for bona fide clips.'),
  subject: z.object({ id: z.string(), photos: z.array(file).min(1), rights: personRights }).nullable(),
  driver: z.object({ id: z.string(), identity: z.string(), kind: z.enum(['recorded', 'synthetic']), file, rights: driverRights, ...stretch.shape }).nullable(),
  recording: z.object({ id: z.string(), file, rights: personRights, ...stretch.shape }).nullable(),
  settings: settingsSchema.nullable(),
  seed: count,
  take: count,
  tool: z.object({ name: z.string(), version: z.string() }),
  models: z.object({ landmarks: sha256, refiner: sha256.nullable().describe('Weights of the refiner; null for the tier without.') }),
  clip: z.object({
    frames: z.int().positive(),
    fps: z.number().positive(),
    width: pixels,
    height: pixels,
    picture: box.describe('The picture within a frame, without the band, pixels.'),
    band: box,
    face: box.describe('Where the face is at rest or on average, pixels of a frame.'),
  }),
  mark: z.object({
    kind: z.enum(['mark', 'decoy', 'none']).describe('What lies over the pixels: our mark, a decoy of the same strength, or nothing.'),
    code: z.string().regex(/^[0-9a-f]{8}$/).nullable().describe('Of the invisible mark.'),
    decoySeed: z.string().nullable(),
    decoyFrames: z.array(z.tuple([count, count])).describe('Stretches of frames that carry the decoy, both ends included.'),
  }),
  framesSha256: sha256.describe('Of the RGBA frames that went into the encoders.'),
  files: z.array(
    z.object({
      level: z.enum(LEVELS),
      path: z.string(),
      bytes: count,
      sha256,
      disclosure: layers.nullable().describe('What `vivant verify` finds in the finished file; null for bona fide clips.'),
    }),
  ).min(1),
  created: z.string(),
});

/** What is known about one clip of a corpus. */
export type Label = z.output<typeof labelSchema>;

/** Name of the label within the folder of an item. */
export const LABEL_FILE = 'label.json';

/**
 * Reads the label of an item.
 *
 * @param folder - of the item
 * @returns `undefined` when there is none
 * @throws VivantError `INVALID_CORPUS`
 */
export async function readLabel(folder: string): Promise<Label | undefined> {
  const path = join(folder, LABEL_FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return parseWith(labelSchema, text, path);
}

/**
 * Parses JSON of a corpus.
 *
 * @throws VivantError `INVALID_CORPUS`
 */
export function parseWith<S extends z.ZodType>(schema: S, text: string, path: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, (cause as Error).message, cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(path, `${issue!.path.join('.')}: ${issue!.message}`);
}

function invalid(path: string, problem: string, cause?: unknown): VivantError {
  return new VivantError('INVALID_CORPUS', `Expected ${path} to be as "vivant corpus make" writes it but it is not: ${problem}. Make the corpus again, or take the file from where it came.`, {
    details: { path, problem },
    cause,
  });
}

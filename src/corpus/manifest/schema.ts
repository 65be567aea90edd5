import { z } from 'zod';
import { RIGHTS_BASES } from '../../core/rights.js';
import { MOTION_REGIONS } from '../../motion/regions.js';
import { LEVELS } from '../levels.js';
import { SPLITS } from '../design/splits.js';

/** Names of subjects, drivers and recordings: they become parts of file names. */
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected 1 to 40 lower-case letters, digits and hyphens');
const path = z.string().min(1).describe('Path of a file, relative to the manifest. `~` and addresses are not expanded.');
const seconds = z.number().nonnegative();
const split = z.enum(SPLITS).describe('Puts this identity into a split; without it the seed decides.');
const identity = id.describe('Who it is. Entries with the same identity never end up in different splits. Default: the id.');

const personRights = z
  .strictObject({ basis: z.enum(RIGHTS_BASES), subject: z.string().min(1), note: z.string().optional() })
  .describe('On what ground this likeness may be used, whose it is, and the evidence.');
const driverRights = z
  .strictObject({ basis: z.enum([...RIGHTS_BASES, 'synthetic']), subject: z.string().min(1).optional(), note: z.string().optional() })
  .describe('On what ground this performance may be used; `synthetic` for a rendered performer that is nobody.');

/** Numbers that decide every clip. */
const corpus = z
  .strictObject({
    type: z.literal('corpus'),
    name: id.describe('Of the corpus.'),
    seed: z.int().nonnegative().default(1).describe('Decides splits, samples of the design, and where clips start.'),
    side: z.int().multipleOf(2).min(128).max(1024).default(256).describe('Side of the square picture of every clip, pixels; the band comes below it.'),
    margin: z.number().min(1.4).max(4).default(2.2).describe('Side of the square around the face, in longer sides of the face box.'),
    render: z.int().min(128).max(4096).default(640).describe('Longer side at which a portrait is animated before it is cut, pixels.'),
    seconds: z.number().min(0.2).max(600).default(4).describe('Length of a clip.'),
    levels: z.array(z.enum(LEVELS)).min(1).default([...LEVELS]).describe('Compression levels: libx264 with CRF 0, 23 and 40.'),
    splits: z.strictObject({ train: z.number().min(0), val: z.number().min(0), test: z.number().min(0) }).default({ train: 0.6, val: 0.2, test: 0.2 }).describe('Shares of identities; 0 leaves a split out.'),
    decoy: z.number().min(0).max(1).default(1).describe('Share of the frames of bona fide clips that carry a decoy of the same strength as the invisible mark.'),
  })
  .describe('First line: what holds for the whole corpus.');

const groups = z.record(id, z.string().min(1)).describe('Attributes for reports by subject group, for example {"medium": "painting"}.');

const subject = z
  .strictObject({
    type: z.literal('subject'),
    id,
    photos: z.array(path).min(1).describe('The first one is animated; the others lend what it does not show.'),
    landmarks: path.optional().describe('Landmark file of the first photo, where no detector finds the face.'),
    rights: personRights,
    identity: identity.optional(),
    groups: groups.optional(),
    split: split.optional(),
  })
  .describe('A sitter.');

const driver = z
  .strictObject({
    type: z.literal('driver'),
    id,
    video: path,
    rights: driverRights,
    identity: identity.optional(),
    start: seconds.optional().describe('Only this part is used, seconds.'),
    end: seconds.optional(),
    split: split.optional(),
  })
  .describe('A performance that moves sitters.');

const recording = z
  .strictObject({
    type: z.literal('recording'),
    id,
    video: path,
    rights: personRights,
    identity: identity.optional(),
    start: seconds.optional(),
    end: seconds.optional(),
    segments: z.int().min(1).max(10_000).default(1).describe('So many clips are cut out, spread evenly, without overlap.'),
    groups: groups.optional(),
    split: split.optional(),
  })
  .describe('A real video: bona fide clips are cut out of it and go through the same chain.');

const settings = z
  .strictObject({
    quality: z.enum(['draft', 'standard', 'high']).default('draft'),
    motion: z.enum(['relative', 'absolute']).default('relative'),
    amplitude: z.number().min(0).max(2).default(1),
    smooth: z.number().min(0).max(1).default(0.5),
    region: z.enum(MOTION_REGIONS).default('all'),
    driverPixels: z.boolean().default(true),
  })
  .describe('How a performance is put on a sitter; the same words as `vivant animate`.');

const design = z
  .strictObject({
    type: z.literal('design'),
    name: id.default('main'),
    subjects: z.array(z.union([id, z.literal('*')])).min(1).default(['*']),
    drivers: z.array(z.union([id, z.literal('*')])).min(1).default(['*']),
    settings: z.array(settings).min(1).default([settings.parse({})]),
    takes: z.int().min(1).max(10_000).default(1).describe('Clips of each combination, each from another part of the driver.'),
    count: z.int().min(1).optional().describe('At most so many clips in all, the same number for each sitter as far as it goes.'),
    seconds: z.number().min(0.2).max(600).optional().describe('Length of these clips; default: the corpus line.'),
    seed: z.int().nonnegative().optional().describe('Default: the corpus line.'),
  })
  .describe('Which sitters are driven by which performances, and how. A combination is made only where sitter and driver are in one split.');

/** One line of a manifest. */
export const manifestLineSchema = z.discriminatedUnion('type', [corpus, subject, driver, recording, design]);

export type ManifestLine = z.output<typeof manifestLineSchema>;
export type CorpusLine = z.output<typeof corpus>;
export type SubjectLine = z.output<typeof subject>;
export type DriverLine = z.output<typeof driver>;
export type RecordingLine = z.output<typeof recording>;
export type DesignLine = z.output<typeof design>;
export type Settings = z.output<typeof settings>;
export { settings as settingsSchema };

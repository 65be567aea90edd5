import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VivantError } from '../core/errors.js';
import { throwIfAborted } from '../animator/cancel.js';
import { probe } from '../media/probe.js';
import { TOOL } from '../package-info.js';
import { fileSha256 } from '../provenance/containers/file-hash.js';
import { expandDesign } from './design/combinations.js';
import { type Appearance, assignSplits, checkNoLeak, type Split } from './design/splits.js';
import { type Geometry, type ItemJob, type JobInput, keyed } from './job.js';
import type { Level } from './levels.js';
import { type ManifestIssue, manifestError, type Numbered, readManifest } from './manifest/read.js';
import type { CorpusLine, DesignLine, DriverLine, ManifestLine, RecordingLine, SubjectLine } from './manifest/schema.js';
import { cutSegments } from './design/segments.js';

/** Everything that is to be made. Plain JSON. */
export interface CorpusPlan {
  readonly format: 'tableau-vivant-corpus-plan';
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly levels: readonly Level[];
  readonly tool: { readonly name: string; readonly version: string };
  readonly jobs: readonly ItemJob[];
  /** What a user should know before hours of work. */
  readonly warnings: readonly string[];
}

/** Starts and ends of clips are moved to this grid, seconds, so that manifests and labels show short numbers. */
const GRID = 0.01;
/** Least length of a clip, seconds. */
const LEAST_SECONDS = 0.2;

/**
 * Reads a manifest, looks at every file it names, and works out every clip of the corpus. The same manifest and files give the
 * same plan on every machine.
 *
 * @throws VivantError `INPUT_NOT_FOUND` for the manifest itself; `INVALID_MANIFEST` and `RIGHTS_REQUIRED` with line numbers, also for
 * files that are missing or can't be read; `ABORTED`
 */
export async function planCorpus(manifest: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<CorpusPlan> {
  const lines = await readManifest(manifest);
  const root = resolve(dirname(manifest));
  const files = await inspectFiles(manifest, root, lines, signal);
  const entries = lines.map(({ entry }) => entry);
  const corpus = entries.find((entry): entry is CorpusLine => entry.type === 'corpus')!;
  const parts = {
    subjects: entries.filter((entry): entry is SubjectLine => entry.type === 'subject'),
    drivers: entries.filter((entry): entry is DriverLine => entry.type === 'driver'),
    recordings: entries.filter((entry): entry is RecordingLine => entry.type === 'recording'),
    designs: entries.filter((entry): entry is DesignLine => entry.type === 'design'),
  };
  const appearances = (['subject', 'driver', 'recording'] as const).flatMap((role) =>
    parts[`${role}s`].map((entry): Appearance => ({ role, identity: identityOf(entry), split: entry.split })),
  );
  const splits = assignSplits(appearances, corpus.splits, corpus.seed);
  const context: Context = { corpus, root, files, splitOf: (entry) => splits.get(identityOf(entry))! };
  const jobs = new Map<string, ItemJob>();
  for (const design of parts.designs) for (const job of attackJobs(design, parts, context)) jobs.set(job.id, job);
  for (const recording of parts.recordings) for (const job of bonafideJobs(recording, context)) jobs.set(job.id, job);
  const all = [...jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  checkNoLeak(all);
  if (all.length === 0) throw new VivantError('INVALID_MANIFEST', `${manifest}: no clip comes out of it: no sitter and driver of a design are in the same split. Add drivers, or set \`split\`.`, { details: { path: manifest, issues: [] } });
  return { format: 'tableau-vivant-corpus-plan', version: 1, name: corpus.name, seed: corpus.seed, levels: corpus.levels, tool: TOOL, jobs: all, warnings: warningsOf(all, corpus) };
}

interface Context {
  readonly corpus: CorpusLine;
  readonly root: string;
  readonly files: Files;
  readonly splitOf: (entry: SubjectLine | DriverLine | RecordingLine) => Split;
}

interface Parts {
  readonly subjects: readonly SubjectLine[];
  readonly drivers: readonly DriverLine[];
}

function identityOf({ identity, id }: SubjectLine | DriverLine | RecordingLine): string {
  return identity ?? id;
}

function common({ corpus, root }: Context) {
  const geometry: Geometry = { side: corpus.side, margin: corpus.margin, render: corpus.render };
  return { corpus: corpus.name, root, geometry, levels: corpus.levels, tool: TOOL };
}

function attackJobs(design: DesignLine, parts: Parts, context: Context): readonly ItemJob[] {
  const { corpus, files, splitOf } = context;
  return expandDesign(design, { ...parts, splitOf, seed: corpus.seed, seconds: corpus.seconds }).map(({ subject, driver, settings, take, split, seed, seconds, place }) => {
    const [from, to] = rangeOf(driver, files);
    const length = Math.min(seconds, to - from);
    const start = onGrid(from + place * (to - from - length));
    const identities = [...new Set([identityOf(subject), identityOf(driver)])];
    return keyed({
      ...common(context),
      kind: 'attack',
      split,
      identity: identityOf(subject),
      identities,
      groups: subject.groups ?? {},
      seconds: onGrid(length),
      seed,
      take,
      subject: { id: subject.id, photos: subject.photos.map((path) => files.input(path)), ...(subject.landmarks === undefined ? {} : { landmarks: files.input(subject.landmarks) }), rights: withNote(subject.rights) },
      driver: {
        id: driver.id,
        identity: identityOf(driver),
        kind: driver.rights.basis === 'synthetic' ? 'synthetic' : 'recorded',
        video: files.input(driver.video),
        rights: withNote(driver.rights),
        start,
        end: onGrid(start + length),
      },
      settings,
    });
  });
}

function bonafideJobs(recording: RecordingLine, context: Context): readonly ItemJob[] {
  const { corpus, files, splitOf } = context;
  const [from, to] = rangeOf(recording, files);
  return cutSegments(from, to, corpus.seconds, recording.segments).map(([start, end], take) =>
    keyed({
      ...common(context),
      kind: 'bonafide',
      split: splitOf(recording),
      identity: identityOf(recording),
      identities: [identityOf(recording)],
      groups: recording.groups ?? {},
      seconds: onGrid(end - start),
      seed: corpus.seed,
      take,
      recording: { id: recording.id, video: files.input(recording.video), rights: withNote(recording.rights), start: onGrid(start), end: onGrid(end) },
      decoy: corpus.decoy,
    }),
  );
}

/** An absent note is no note, not an `undefined` one. */
function withNote<R extends { readonly note?: string | undefined }>({ note, ...rights }: R): Omit<R, 'note'> & { note?: string } {
  return note === undefined ? rights : { ...rights, note };
}

function onGrid(seconds: number): number {
  return Number((Math.round(seconds / GRID) * GRID).toFixed(2));
}

function rangeOf({ video, start, end }: DriverLine | RecordingLine, files: Files): readonly [from: number, to: number] {
  return [start ?? 0, Math.min(end ?? Infinity, files.seconds(video))];
}

interface Files {
  input(path: string): JobInput;
  /** Length of a video, seconds. */
  seconds(path: string): number;
}

/** Hashes every file and asks every video for its length; all that is missing is reported at once. */
async function inspectFiles(manifest: string, root: string, lines: readonly Numbered[], signal: AbortSignal | undefined): Promise<Files> {
  const hashes = new Map<string, string>();
  const lengths = new Map<string, number>();
  const issues: ManifestIssue[] = [];
  for (const { line, entry } of lines) {
    for (const { path, isVideo } of filesOf(entry)) {
      throwIfAborted(signal);
      if (hashes.has(path)) continue;
      const problem = await inspect(path, isVideo).catch((error: unknown) => {
        if (error instanceof VivantError && error.code !== 'ABORTED') return error.message;
        throw error;
      });
      if (problem !== undefined) issues.push({ line, message: problem });
    }
    if (entry.type !== 'driver' && entry.type !== 'recording') continue;
    const room = Math.min(entry.end ?? Infinity, lengths.get(entry.video) ?? Infinity) - (entry.start ?? 0);
    if (room < LEAST_SECONDS) issues.push({ line, message: `\`start\`: only ${Math.max(0, room).toFixed(2)} s of ${entry.video} are left after it` });
  }
  if (issues.length > 0) throw manifestError(manifest, issues);
  return { input: (path) => ({ path, sha256: hashes.get(path)! }), seconds: (path) => lengths.get(path)! };

  async function inspect(path: string, isVideo: boolean): Promise<string | undefined> {
    const absolute = resolve(root, path);
    const info = await stat(absolute).catch(() => undefined);
    if (info?.isFile() !== true) return `there is no file ${path} (looked for ${absolute})`;
    if (isVideo) {
      const { kind, durationSeconds } = await probe(absolute, { signal });
      if (kind !== 'video' || durationSeconds <= 0) return `${path} is no video of known length`;
      lengths.set(path, durationSeconds);
    }
    hashes.set(path, await fileSha256(absolute));
    return undefined;
  }
}

function filesOf(entry: ManifestLine): readonly { readonly path: string; readonly isVideo: boolean }[] {
  if (entry.type === 'subject') return [...entry.photos, ...(entry.landmarks === undefined ? [] : [entry.landmarks])].map((path) => ({ path, isVideo: false }));
  return entry.type === 'driver' || entry.type === 'recording' ? [{ path: entry.video, isVideo: true }] : [];
}

/** Splits in which a detector could learn or be judged on one class only. */
function warningsOf(jobs: readonly ItemJob[], { splits }: CorpusLine): readonly string[] {
  return (['train', 'val', 'test'] as const)
    .filter((split) => splits[split] > 0)
    .flatMap((split) => {
      const kinds = new Set(jobs.filter((job) => job.split === split).map(({ kind }) => kind));
      if (kinds.size === 2) return [];
      if (kinds.size === 0) return [`The split ${split} is left empty: there are too few identities to give it both classes. Its share can be 0, or put entries there with \`split\`.`];
      const missing = [...(kinds.has('attack') ? [] : ['synthetic']), ...(kinds.has('bonafide') ? [] : ['bona fide'])].join(' and no ');
      return [`The split ${split} has no ${missing} clips, so nothing can be judged on it alone. Put somebody there with \`split\`.`];
    });
}

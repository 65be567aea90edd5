import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { asAborted, throwIfAborted } from '../animator/cancel.js';
import { StageClock, type StageSeconds } from '../animator/stage-clock.js';
import { VivantError } from '../core/errors.js';
import { removeStalePartials, reserveTempFolder } from '../media/temp-files.js';
import { invalidOption } from '../options.js';
import { startLandmarkWorker } from '../workers/landmark-client.js';
import { checkNoLeak } from './design/splits.js';
import { exportCelebDf } from './export/celebdf.js';
import { checkExport } from './export/check/check-export.js';
import { exportDeepfakeBench } from './export/deepfakebench.js';
import { exportDfdc } from './export/dfdc.js';
import { EVIDENCE_FILE, writeEvidence } from './export/evidence.js';
import type { Exporter, ExportTask } from './export/exporter.js';
import { exportFaceForensics } from './export/faceforensics.js';
import { EXPORT_FORMATS, type ExportFormat } from './export/formats.js';
import type { Level } from './levels.js';
import { readCorpus } from './read-corpus.js';

/** What to export, how, and where to. @public */
export interface ExportCorpusOptions {
  /** Folder of a made corpus. */
  readonly corpus: string;
  /** Layout. */
  readonly format: ExportFormat;
  /** Folder of the export; it appears when it is complete. */
  readonly out: string;
  /** Name of the data set, letters, digits, hyphens and underscores. Default: the corpus' name. */
  readonly name?: string;
  /** Compression level; `faceforensics` holds all levels unless one is chosen. Default `c23`, or the first level that the corpus has. */
  readonly level?: Level;
  /** Replace an earlier export. Default false. */
  readonly force?: boolean;
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Called with every finished video. */
  readonly onProgress?: (progress: { readonly videos: number; readonly total: number }) => void;
}

/** What was exported. @public */
export interface ExportReport {
  /** Folder of the export. */
  readonly out: string;
  /** Layout. */
  readonly format: ExportFormat;
  /** Name of the data set. */
  readonly name: string;
  /** Compression levels in it. */
  readonly levels: readonly Level[];
  /** Videos in it, at all levels. */
  readonly videos: number;
  /** Clips that the layout can't hold, and why. */
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** What to do in the benchmark that reads it. */
  readonly notes: readonly string[];
  /** File in the export that lists the hash of every other one, signed. */
  readonly evidence: string;
  /** How long it took to write the export and to read it back by the rules of its layout. */
  readonly stages: Readonly<Record<'write' | 'check', StageSeconds>>;
}

const EXPORTERS: Readonly<Record<ExportFormat, Exporter>> = {
  deepfakebench: exportDeepfakeBench,
  faceforensics: exportFaceForensics,
  celebdf: exportCelebDf,
  dfdc: exportDfdc,
};

/**
 * Exports a corpus in the layout of a benchmark, reads it back by that benchmark's rules, and gives it its name only when it
 * holds to them.
 *
 * @throws VivantError `INVALID_OPTION`, `INPUT_NOT_FOUND`, `INVALID_CORPUS`, `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`,
 * `SIGNING_FAILED`, `ABORTED`
 * @public
 */
export async function exportCorpus(options: ExportCorpusOptions): Promise<ExportReport> {
  const { format, out, force = false, signal, onProgress } = options;
  checkOptions(options);
  throwIfAborted(signal);
  const corpus = await readCorpus(options.corpus);
  if (corpus.labels.length === 0) throw new VivantError('INVALID_CORPUS', `Expected clips in the corpus ${options.corpus} but it has none yet. Run "vivant corpus make".`, { details: { path: options.corpus } });
  checkNoLeak(corpus.labels);
  const name = options.name ?? corpus.name;
  const levels = levelsOf(options, corpus.levels);
  await checkTarget(out, force);
  await removeStalePartials(out);
  const work = await reserveTempFolder(out);
  const clock = new StageClock(['write', 'check']);
  let detector: ReturnType<typeof startLandmarkWorker> | undefined;
  let videos = 0;
  try {
    const task: ExportTask = {
      corpus,
      dir: work.path,
      name,
      levels,
      detector: () => (detector ??= startLandmarkWorker()),
      signal,
      onVideo: () => onProgress?.({ videos: ++videos, total: corpus.labels.length }),
    };
    const result = await clock.measureAsync('write', () => EXPORTERS[format](task));
    const { seed, tool } = corpus;
    await writeEvidence(work.path, { layout: format, name, levels: [...levels], corpus: { name: corpus.name, seed, tool }, videos: result.videos });
    throwIfAborted(signal);
    const { problems } = await clock.measureAsync('check', () => checkExport({ dir: work.path, format }));
    if (problems.length > 0) throw new VivantError('INVALID_CORPUS', `Expected an export that holds to the rules of ${format} but it does not: ${problems.slice(0, 5).join('; ')}.`, { details: { problems } });
    if (force) await rm(out, { recursive: true, force: true });
    await rename(work.path, resolve(out));
    return { out, format, name, levels, videos: result.videos.length, skipped: result.skipped, notes: result.notes, evidence: EVIDENCE_FILE, stages: clock.seconds() };
  } catch (error) {
    throw asAborted(error, signal);
  } finally {
    await work.remove();
    await (await detector?.catch(() => undefined))?.close();
  }
}

function checkOptions({ corpus, format, out, name }: ExportCorpusOptions): void {
  if (typeof corpus !== 'string' || corpus === '') throw invalidOption('corpus', 'the folder of a corpus', corpus);
  if (!EXPORT_FORMATS.includes(format)) throw invalidOption('format', EXPORT_FORMATS.map((word) => `"${word}"`).join(' or '), format);
  if (typeof out !== 'string' || out === '') throw invalidOption('out', 'the path of a folder', out);
  // DeepfakeBench replaces every "frames" of a path.
  if (name !== undefined && (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) || name.includes('frames'))) {
    throw invalidOption('name', 'letters, digits, hyphens and underscores, without "frames"', name);
  }
}

function levelsOf({ format, level }: ExportCorpusOptions, levels: readonly Level[]): readonly Level[] {
  if (level !== undefined) {
    if (!levels.includes(level)) throw invalidOption('level', levels.map((word) => `"${word}"`).join(' or '), level);
    return [level];
  }
  if (format === 'faceforensics') return levels;
  return [levels.includes('c23') ? 'c23' : levels[0]!];
}

async function checkTarget(out: string, force: boolean): Promise<void> {
  const existing = await stat(out).catch(() => undefined);
  if (existing !== undefined && !force) throw new VivantError('OUTPUT_EXISTS', `${out} exists already. Choose another folder, or replace it with \`force\`.`, { details: { path: out } });
  // Only what an export made is ever removed.
  if (existing !== undefined && (await stat(`${out}/${EVIDENCE_FILE}`).catch(() => undefined)) === undefined) {
    throw new VivantError('OUTPUT_EXISTS', `${out} exists and is no export of a corpus, so it is not replaced. Choose another folder.`, { details: { path: out } });
  }
  await mkdir(dirname(resolve(out)), { recursive: true }).catch((cause: unknown) => {
    throw new VivantError('OUTPUT_UNWRITABLE', `The folder ${dirname(resolve(out))} can't be made (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, { details: { path: out }, cause });
  });
}

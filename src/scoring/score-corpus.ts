import { join } from 'node:path';
import { throwIfAborted } from '../animator/cancel.js';
import { StageClock, type StageSeconds } from '../animator/stage-clock.js';
import { BACKEND_NAMES, type BackendPreference } from '../backends/names.js';
import { VivantError } from '../core/errors.js';
import type { LandmarkDetector } from '../core/ports.js';
import type { Level } from '../corpus/levels.js';
import { readCorpus, type CorpusItem } from '../corpus/read-corpus.js';
import type { DetectorDescription } from '../detectors/description.js';
import { openDetector } from '../detectors/open-detector.js';
import { parseSpec } from '../detectors/spec.js';
import { invalidOption } from '../options.js';
import { startLandmarkWorker } from '../workers/landmark-client.js';
import { scoreClip } from './score-clip.js';
import { readScores, scoreKey, ScoreWriter, type ScoreHead, type ScoreLine } from './score-file.js';

/** Failures of the detector in a row after which it is not asked any more. */
const FAILURES_IN_A_ROW = 3;
const DEFAULT_FRAMES = 16;

/** What to score, and with what. @public */
export interface ScoreCorpusOptions {
  /** `antispoof`, `liveness`, the path of an `.onnx` or `.json` file, or a description. */
  readonly detector: string | DetectorDescription;
  /** Frames of each clip that a detector of pictures is shown, spread evenly, 1..1000. Default 16. */
  readonly framesPerClip?: number;
  /** Only clips of this split. */
  readonly split?: 'train' | 'val' | 'test';
  /** Only these compression levels. */
  readonly levels?: readonly Level[];
  /** Tensor backend of the built-in detectors. Default `auto`. */
  readonly backend?: BackendPreference;
  /** File of scores. Default `scores/<detector>.jsonl` in the corpus. */
  readonly output?: string;
  /** Stops the work; scores that are there stay. */
  readonly signal?: AbortSignal;
  /** Called after every clip. */
  readonly onProgress?: (progress: ScoreProgress) => void;
}

/** How far the scoring is. @public */
export interface ScoreProgress {
  /** Clips that are done, from an earlier run or now. */
  readonly done: number;
  /** Clips in all. */
  readonly total: number;
  /** Best guess; `undefined` before the first clip. */
  readonly secondsLeft: number | undefined;
}

/** What became of the scoring. @public */
export interface ScoreReport {
  /** File of scores. */
  readonly output: string;
  /** Name of the detector. */
  readonly detector: string;
  /** Clips that were looked at, each compression level counted. */
  readonly clips: number;
  /** Clips that were scored now. */
  readonly scored: number;
  /** Clips whose score was there already: same bytes, same detector. */
  readonly cached: number;
  /** Clips about which the detector could not say anything, no face being found for example. */
  readonly unanswered: number;
  /** Clips that could not be scored; the same call tries them again. */
  readonly failed: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** How long it took to load the detector, and to read and score clips. */
  readonly stages: Readonly<Record<'load' | 'score', StageSeconds>>;
  /** Seconds that this run took. */
  readonly seconds: number;
}

/**
 * Scores the clips of a corpus with a spoof detector. Scores that are there already are kept, so that a run that was stopped
 * goes on where it was. A clip that fails is reported and doesn't stop the others.
 *
 * @param dir - folder of the corpus
 * @throws VivantError `INPUT_NOT_FOUND`, `INVALID_CORPUS`, `INVALID_OPTION`, `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`,
 * `PEER_MISSING`, `DETECTOR_FAILED` (three clips in a row), `OUTPUT_UNWRITABLE`, `DISK_FULL`, `ABORTED`
 * @public
 */
export async function scoreCorpus(dir: string, options: ScoreCorpusOptions): Promise<ScoreReport> {
  const { framesPerClip = DEFAULT_FRAMES, backend, signal, onProgress } = options;
  if (!Number.isInteger(framesPerClip) || framesPerClip < 1 || framesPerClip > 1000) throw invalidOption('framesPerClip', 'a whole number from 1 to 1000', framesPerClip);
  if (backend !== undefined && backend !== 'auto' && !BACKEND_NAMES.includes(backend)) throw invalidOption('backend', `auto, ${BACKEND_NAMES.join(', ')}`, backend);
  const started = performance.now();
  throwIfAborted(signal);
  const items = chosenItems((await readCorpus(dir)).items, options);
  const clock = new StageClock(['load', 'score']);
  const spec = typeof options.detector === 'string' ? options.detector : parseSpec(options.detector, 'the option `detector`');
  const detector = await clock.measureAsync('load', () => openDetector(spec, backend));
  try {
    const { info } = detector;
    const head: ScoreHead = { format: 'tableau-vivant-scores', version: 1, detector: { name: info.name, fingerprint: info.fingerprint, threshold: info.threshold }, framesPerClip };
    const output = options.output ?? join(dir, 'scores', `${info.name}.jsonl`);
    const earlier = await readScores(output);
    const known = new Map<string, Omit<ScoreLine, 'key'>>(earlier?.byKey);
    const writer = await ScoreWriter.open(output, head, earlier?.head);
    let faces: Promise<LandmarkDetector> | undefined;
    // Started when the first clip needs it.
    const findFaces = (): Promise<LandmarkDetector> => (faces ??= startLandmarkWorker());
    const failed: ScoreReport['failed'][number][] = [];
    let scored = 0;
    let cached = 0;
    let unanswered = 0;
    let inARow = 0;
    try {
      for (const [i, item] of items.entries()) {
        throwIfAborted(signal);
        const key = scoreKey(head, item);
        const old = known.get(key);
        if (old !== undefined) {
          cached++;
          unanswered += old.score === null ? 1 : 0;
        } else {
          try {
            const line = await clock.measureAsync('score', () => scoreClip(item, { dir, detector, findFaces, framesPerClip, signal }));
            await writer.write({ key, ...line });
            known.set(key, line);
            scored++;
            unanswered += line.score === null ? 1 : 0;
            inARow = 0;
          } catch (error) {
            const failure = ofOneClip(error, signal);
            inARow = failure.code === 'DETECTOR_FAILED' ? inARow + 1 : inARow;
            failed.push({ id: item.id, code: failure.code, message: failure.message });
            if (inARow >= FAILURES_IN_A_ROW) throw gaveUp(failure, scored + cached);
          }
        }
        onProgress?.({ done: i + 1, total: items.length, secondsLeft: scored === 0 ? undefined : ((performance.now() - started) / 1000 / scored) * (items.length - i - 1) });
      }
    } finally {
      await (await faces)?.close();
      await writer.close();
    }
    return { output, detector: info.name, clips: items.length, scored, cached, unanswered, failed, stages: clock.seconds(), seconds: Number(((performance.now() - started) / 1000).toFixed(3)) };
  } catch (error) {
    throw signal?.aborted ? stopped(error) : error;
  } finally {
    await detector.close();
  }
}

function chosenItems(items: readonly CorpusItem[], { split, levels }: ScoreCorpusOptions): readonly CorpusItem[] {
  const chosen = items.filter((item) => (split === undefined || item.split === split) && (levels === undefined || levels.includes(item.compression)));
  if (chosen.length > 0) return chosen;
  throw new VivantError('INVALID_CORPUS', `Expected clips to score but there are none${split === undefined ? '' : ` in the split ${split}`}${levels === undefined ? '' : ` at ${levels.join(', ')}`}: the corpus has ${String(items.length)} files.`, {
    details: { split, levels, files: items.length },
  });
}

/** Failures that say something about one clip only. */
function ofOneClip(error: unknown, signal: AbortSignal | undefined): VivantError {
  const known = ['DETECTOR_FAILED', 'INVALID_CORPUS', 'INPUT_NOT_FOUND', 'UNREADABLE_MEDIA', 'NO_VIDEO_STREAM'];
  if (!signal?.aborted && error instanceof VivantError && known.includes(error.code)) return error;
  throw error;
}

/** After an abort whatever fails next fails because of it. */
function stopped(cause: unknown): VivantError {
  return new VivantError('ABORTED', 'The scoring was stopped. Scores so far are kept; the same command goes on with the rest.', { cause });
}

function gaveUp(last: VivantError, kept: number): VivantError {
  const message = `The detector failed at ${String(FAILURES_IN_A_ROW)} clips in a row, so the rest was not tried. ${String(kept)} scores are kept; the same command goes on from there. The last failure: ${last.message}`;
  return new VivantError('DETECTOR_FAILED', message, { details: last.details, cause: last });
}

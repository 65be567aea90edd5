import { join } from 'node:path';
import { throwIfAborted } from '../animator/cancel.js';
import { StageClock, type StageSeconds } from '../animator/stage-clock.js';
import { VivantError } from '../core/errors.js';
import { invalidOption } from '../options.js';
import { checkSigner } from './make/check-signer.js';
import { CorpusMeter, type CorpusProgress } from './make/corpus-progress.js';
import { finishCorpus } from './make/finish.js';
import { isMade, openCorpusFolder, placeItem, recordFailure, writeWhole } from './make/place.js';
import { defaultJobs, type JobRunner, localRunner } from './make/run-local.js';
import { planCorpus } from './plan.js';

/** What to make a corpus from, and where. @public */
export interface MakeCorpusOptions {
  /** Path of the manifest, JSON Lines or CSV. */
  readonly manifest: string;
  /** Folder of the corpus; made when it isn't there. A corpus that was begun is gone on with. */
  readonly out: string;
  /** Clips made at the same time, each in a process of its own, 1..64. Default: half of the processor's threads. */
  readonly jobs?: number;
  /** Stops the work; finished clips stay. */
  readonly signal?: AbortSignal;
  /** Called at every step. */
  readonly onProgress?: (progress: CorpusProgress) => void;
}

/** What became of a corpus. @public */
export interface CorpusReport {
  /** Folder of the corpus. */
  readonly out: string;
  /** Name of the corpus. */
  readonly name: string;
  /** Clips of the plan. */
  readonly total: number;
  /** Clips that are there. */
  readonly made: number;
  /** Clips that were made in this run. */
  readonly madeNow: number;
  /** Clips that could not be made; the same command tries them again. */
  readonly failed: readonly { readonly id: string; readonly code: string; readonly message: string; readonly attempts: number }[];
  /** Clips by class and split. */
  readonly counts: Readonly<Record<'attack' | 'bonafide', Readonly<Record<'train' | 'val' | 'test', number>>>>;
  /** What a user should know. */
  readonly warnings: readonly string[];
  /** How long it took to read the manifest and plan, to make clips, and to write the index. */
  readonly stages: Readonly<Record<'plan' | 'make' | 'index', StageSeconds>>;
  /** Seconds that this run took. */
  readonly seconds: number;
}

/**
 * Makes a corpus for detectors of synthetic faces, or goes on with one: what is there is kept, what is missing is made. A clip
 * that fails is reported and doesn't stop the others. Killed at any point, nothing is half-written and the same call goes on.
 *
 * @throws VivantError `INVALID_MANIFEST`, `RIGHTS_REQUIRED`, `INPUT_NOT_FOUND` before anything is made; `DISK_FULL`, `OUTPUT_UNWRITABLE`,
 * `SIGNING_FAILED`, `MODEL_MISSING`, `MODEL_CORRUPT`, `ABORTED`
 * @public
 */
export function makeCorpus(options: MakeCorpusOptions): Promise<CorpusReport> {
  return makeCorpusWith(options, undefined);
}

/**
 * {@link makeCorpus} on other machines.
 *
 * @param runner - makes the clips; absent: this machine
 */
export async function makeCorpusWith(options: MakeCorpusOptions, runner: JobRunner | undefined): Promise<CorpusReport> {
  const { manifest, out, jobs = defaultJobs(), signal, onProgress } = options;
  if (typeof manifest !== 'string' || manifest === '') throw invalidOption('manifest', 'the path of a manifest', manifest);
  if (typeof out !== 'string' || out === '') throw invalidOption('out', 'the path of a folder', out);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64) throw invalidOption('jobs', 'a whole number from 1 to 64', jobs);
  const started = performance.now();
  throwIfAborted(signal);
  const clock = new StageClock(['plan', 'make', 'index']);
  const plan = await clock.measureAsync('plan', () => planCorpus(manifest, { signal }));
  await openCorpusFolder(out);
  await writeWhole(join(out, 'plan.json'), `${JSON.stringify(plan, null, 1)}\n`);
  const made = await Promise.all(plan.jobs.map((job) => isMade(out, job)));
  const open = plan.jobs.filter((_, i) => !made[i]);
  if (open.length > 0) await checkSigner();
  const meter = new CorpusMeter(open, plan.jobs.length - open.length, onProgress);
  const run = runner ?? localRunner(out, jobs, (job, frame) => meter.frame(job, frame));
  let madeNow = 0;
  let stopped: unknown;
  try {
    const make = (): Promise<void> =>
      run(open, {
        onDone: async (job, folder) => {
          await placeItem(out, job, folder);
          madeNow++;
          meter.made(job);
        },
        onFailed: async (job, error) => {
          await recordFailure(out, job, error);
          meter.failed(job);
        },
        signal,
      });
    await clock.measureAsync('make', make);
  } catch (error) {
    stopped = error;
  }
  // Also after a stop: what was made so far is a corpus.
  const finished = await clock.measureAsync('index', () => finishCorpus(out, plan)).catch((error: unknown) => {
    throw stopped ?? error;
  });
  if (stopped !== undefined) throw stopped;
  const strangers = finished.strangers.length === 0 ? [] : [`${finished.strangers.length} clips under items/ belong to no line of this manifest and are not in the index: ${finished.strangers.slice(0, 3).join(', ')}${finished.strangers.length > 3 ? ', ...' : ''}`];
  const count = (kind: 'attack' | 'bonafide') => {
    const failed = new Set([...finished.failed.map(({ id }) => id), ...finished.missing]);
    const inSplit = (split: string): number => plan.jobs.filter((job) => job.kind === kind && job.split === split && !failed.has(job.id)).length;
    return { train: inSplit('train'), val: inSplit('val'), test: inSplit('test') };
  };
  if (finished.missing.length > 0) throw new VivantError('INTERNAL', `${finished.missing.length} clips were neither made nor reported as failed, ${finished.missing[0]!} among them.`, { details: { missing: finished.missing } });
  return {
    out,
    name: plan.name,
    total: plan.jobs.length,
    made: finished.made,
    madeNow,
    failed: finished.failed,
    counts: { attack: count('attack'), bonafide: count('bonafide') },
    warnings: [...plan.warnings, ...strangers],
    stages: clock.seconds(),
    seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
  };
}

import { availableParallelism } from 'node:os';
import { VivantError } from '../../core/errors.js';
import type { ItemJob } from '../job.js';
import { openLocalMaker, type ItemMaker, startMakerProcess } from './maker.js';

/** What becomes of jobs, as it becomes known. */
export interface JobCallbacks {
  /** A clip is finished in `folder`; it must be moved away before the promise resolves. */
  onDone(job: ItemJob, folder: string): Promise<void>;
  onFailed(job: ItemJob, error: VivantError): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Makes all of the jobs, here or elsewhere. Rejects when the rest can't be made either: `DISK_FULL`, `ABORTED`. */
export type JobRunner = (jobs: readonly ItemJob[], callbacks: JobCallbacks) => Promise<void>;

/** After these the next clip would fail as well. */
const FATAL: ReadonlySet<string> = new Set(['DISK_FULL', 'OUTPUT_UNWRITABLE', 'ABORTED', 'MODEL_MISSING', 'MODEL_CORRUPT']);

/**
 * Makes clips on this machine.
 *
 * @param dir - of the corpus; clips are made in its work folder
 * @param processes - clips made at the same time. One is made in this process, more in processes of their own, so that none
 * waits for another and a crash of one is one failed clip
 * @param onFrame - called with every frame of every clip that is being made
 */
export function localRunner(dir: string, processes: number, onFrame: (job: ItemJob, frame: number) => void): JobRunner {
  return async (jobs, { onDone, onFailed, signal }) => {
    const queue = [...jobs];
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    let fatal: unknown;
    const work = async (): Promise<void> => {
      let maker: ItemMaker | undefined;
      try {
        for (let job = queue.shift(); job !== undefined && !either.aborted; job = queue.shift()) {
          maker ??= processes === 1 ? openLocalMaker(dir) : await startMakerProcess(dir);
          const current = job;
          try {
            const folder = await maker.make(current, either, (frame) => onFrame(current, frame));
            await onDone(current, folder);
          } catch (error) {
            const failure = asFailure(error);
            if (failure.code === 'ABORTED' && either.aborted) return;
            if (FATAL.has(failure.code)) throw failure;
            await onFailed(current, failure);
          }
          if (!maker.usable) {
            await maker.close();
            maker = undefined;
          }
        }
      } catch (error) {
        fatal ??= error;
        stop.abort();
      } finally {
        await maker?.close();
      }
    };
    await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, work));
    if (fatal !== undefined) throw fatal;
    if (signal?.aborted) throw new VivantError('ABORTED', 'The corpus was stopped. Finished clips are kept; the same command goes on with the rest.', { cause: signal.reason });
  };
}

/** Half of the processor's threads: a clip keeps its encoders and its landmarks busy besides. */
export function defaultJobs(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2));
}

function asFailure(error: unknown): VivantError {
  if (error instanceof VivantError) return error;
  return new VivantError('INTERNAL', `Something failed that should not have: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
}

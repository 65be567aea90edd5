import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSigner } from '../corpus/make/check-signer.js';
import { removeStalePartials, reserveTempFolder } from '../media/temp-files.js';
import { invalidOption } from '../options.js';
import { runQueueWorker } from '../queue/engine/run-worker.js';
import { openStore } from '../queue/store/open-store.js';
import type { WorkerEvent } from '../queue/worker.js';
import { CORPUS_ITEM, openItemMakers } from './item-handler.js';

/** Options of {@link workQueue}. @public */
export interface WorkQueueOptions {
  /** As of `makeCorpusThroughQueue`. */
  readonly queue: string;
  /** Where results go: the same place as of `makeCorpusThroughQueue`, as this machine sees it. */
  readonly results: string;
  /** Folder of the inputs on this machine; absent: the same path as on the machine that ordered. */
  readonly root?: string;
  /** Clips made at the same time, each in a process of its own when there are several, 1..64. Default 1. */
  readonly jobs?: number;
  /** Stop after so many seconds without work. Default: never. */
  readonly idleSeconds?: number;
  /** Stops the worker; its clip is given back. */
  readonly signal?: AbortSignal;
  /** Called when a clip is made, found made already, or failed. */
  readonly onEvent?: (event: WorkerNews) => void;
}

/** One clip at a worker. @public */
export interface WorkerNews {
  /** `made`; `found`: a worker that was killed had made it; `set-aside`: it fails for good; `retry`: it is tried again later; `give-back`: this machine can't make it. */
  readonly what: 'made' | 'found' | 'set-aside' | 'retry' | 'give-back';
  /** SHA-256 of all that decides the clip. */
  readonly key: string;
  /** Seconds that making it took. */
  readonly seconds?: number;
  /** Why it failed. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/** What a worker did. @public */
export interface WorkReport {
  /** Clips made. */
  readonly made: number;
  /** Clips found made by another worker. */
  readonly found: number;
  /** Failures, each try counted. */
  readonly failed: number;
  /** Seconds that the worker ran. */
  readonly seconds: number;
}

/**
 * Makes clips that `makeCorpusThroughQueue` has ordered, until it is stopped or idle for long enough. A worker that is killed
 * loses nothing: its clip is given to another one when it has not been heard of for a minute.
 *
 * @throws VivantError `INVALID_OPTION`, `PEER_MISSING`, `QUEUE_UNAVAILABLE`, `SIGNING_FAILED`; what makes this machine useless:
 * `DISK_FULL`, `OUTPUT_UNWRITABLE`, `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`
 * @public
 */
export async function workQueue(options: WorkQueueOptions): Promise<WorkReport> {
  const { queue, results, root, jobs = 1, idleSeconds, signal, onEvent } = options;
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64) throw invalidOption('jobs', 'a whole number from 1 to 64', jobs);
  if (idleSeconds !== undefined && !(idleSeconds > 0)) throw invalidOption('idleSeconds', 'a number above 0', idleSeconds);
  if (typeof results !== 'string' || results === '') throw invalidOption('results', 'a folder that all machines see, or s3://bucket/prefix', results);
  const store = openStore(results);
  await checkSigner();
  const started = performance.now();
  const place = join(tmpdir(), 'vivant-worker');
  // Of workers that were killed.
  await removeStalePartials(place);
  const scratch = await reserveTempFolder(place);
  const counts = { made: 0, found: 0, failed: 0 };
  const makers = openItemMakers(scratch.path, jobs, root);
  try {
    await runQueueWorker(
      queue,
      {
        store,
        handlers: { [CORPUS_ITEM]: makers.handler },
        scratch: scratch.path,
        onEvent: (event) => {
          counts[event.type]++;
          onEvent?.(newsOf(event));
        },
      },
      { concurrency: jobs, idle: idleSeconds === undefined ? undefined : idleSeconds * 1000, signal },
    );
  } finally {
    await makers.close();
    await scratch.remove();
  }
  return { ...counts, seconds: Number(((performance.now() - started) / 1000).toFixed(3)) };
}

function newsOf(event: WorkerEvent): WorkerNews {
  const { key } = event;
  if (event.type === 'failed') return { what: event.verdict, key, problem: { code: event.error.code, message: event.error.message } };
  return event.type === 'made' ? { what: 'made', key, seconds: event.seconds } : { what: 'found', key };
}

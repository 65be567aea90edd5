import { resolve } from 'node:path';
import { VivantError } from '../core/errors.js';
import type { ItemJob } from '../corpus/job.js';
import { makeCorpusWith, type CorpusReport, type MakeCorpusOptions } from '../corpus/make-corpus.js';
import { makeWorkFolder } from '../corpus/make/place.js';
import type { JobRunner } from '../corpus/make/run-local.js';
import { openJobQueue } from '../queue/engine/job-queue.js';
import { runThroughQueue } from '../queue/run-through-queue.js';
import { openStore } from '../queue/store/open-store.js';
import type { WorkItem } from '../queue/job-queue.js';
import { CORPUS_ITEM } from './item-handler.js';

type Order = WorkItem & { readonly payload: ItemJob };

/** Options of {@link makeCorpusThroughQueue}. @public */
export interface QueuedCorpusOptions extends Omit<MakeCorpusOptions, 'jobs'> {
  /** `redis://[user:password@]host[:port][/database][?queue=name]`; `rediss:` with TLS. */
  readonly queue: string;
  /** Where workers put results: a folder that all machines see, or `s3://bucket/prefix`. Default `.results` in the corpus. */
  readonly results?: string;
}

/**
 * Makes a corpus as `makeCorpus` does, but has its clips made by `workQueue` on other machines. This machine plans, waits,
 * collects and writes the index. Stopped or killed, workers go on; the same call collects what they have made.
 *
 * @throws VivantError as `makeCorpus`; `PEER_MISSING`, `QUEUE_UNAVAILABLE`
 * @public
 */
export async function makeCorpusThroughQueue(options: QueuedCorpusOptions): Promise<CorpusReport> {
  const { queue: url, results, ...rest } = options;
  if (typeof rest.out !== 'string' || rest.out === '') throw new VivantError('INVALID_OPTION', 'Expected `out` to be the path of a folder.', { details: { option: 'out' } });
  const store = openStore(results ?? resolve(rest.out, '.results'));
  const queue = await openJobQueue(url);
  const runner: JobRunner = (jobs, { onDone, onFailed, signal }) =>
    runThroughQueue<Order>(
      jobs.map((job) => ({ key: job.key, kind: CORPUS_ITEM, payload: job })),
      {
        queue,
        store,
        workFolder: ({ payload }) => makeWorkFolder(rest.out, payload.id),
        onDone: ({ payload }, folder) => onDone(payload, folder),
        onSetAside: ({ payload }, { code, message, attempts }) => onFailed(payload, new VivantError(code, message, { details: { attempts } })),
        signal,
      },
    );
  try {
    return await makeCorpusWith(rest, runner);
  } finally {
    await queue.close();
  }
}

import type { VivantError } from '../../core/errors.js';
import { asVivantError, toReason, verdictOf } from '../failure.js';
import type { WorkItem } from '../job-queue.js';
import { makeOne, type WorkerTools } from '../worker.js';
import { queueAddress, unavailable, withClient } from './connect.js';
import { workerName } from './names.js';

/** How a worker holds its items. */
export interface WorkerLimits {
  /** Items made at the same time. Default 1. */
  readonly concurrency?: number | undefined;
  /** A worker that has not been heard of for so long has lost its item. It is heard of twice as often. Milliseconds. Default 60 s. */
  readonly lease?: number | undefined;
  /** An item whose workers died more often than this is set aside: it may be what kills them. Default 4. */
  readonly deaths?: number | undefined;
  /** How long a lost server is waited for, milliseconds. Default 10 min. */
  readonly patience?: number | undefined;
  /** Stop when there has been nothing to do for so long, milliseconds. Default: never. */
  readonly idle?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LEASE = 60_000;
const DEATHS = 4;
const PATIENCE = 600_000;
/** How often the worker looks after itself, milliseconds. */
const WATCH = 250;

/**
 * Makes items until it is told to stop, has been idle for long enough, or can't go on. An item that it holds then is given
 * back and doesn't count as tried.
 *
 * @returns when stopped by its signal or for lack of work
 * @throws VivantError `INVALID_OPTION`, `PEER_MISSING`, `QUEUE_UNAVAILABLE`; what makes this machine useless: `DISK_FULL`, `OUTPUT_UNWRITABLE`,
 * `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`
 */
export async function runQueueWorker(url: string, tools: WorkerTools, limits: WorkerLimits = {}): Promise<void> {
  const { concurrency = 1, lease = LEASE, deaths = DEATHS, patience = PATIENCE, idle = Infinity, signal } = limits;
  const address = await queueAddress(url);
  const { bullmq, connection, name, shown } = address;
  const stop = new AbortController();
  let fatal: VivantError | undefined;
  let busy = 0;
  let lastBusy = performance.now();
  let lostSince: number | undefined;
  let lastError: unknown;

  const worker = new bullmq.Worker<WorkItem>(
    name,
    async (job, token) => {
      busy++;
      try {
        await makeOne(job.data, tools, stop.signal);
      } catch (thrown) {
        const error = asVivantError(thrown);
        const verdict = stop.signal.aborted ? 'give-back' : verdictOf(error);
        if (verdict === 'give-back') {
          if (error.code !== 'ABORTED') fatal ??= error;
          stop.abort();
          await job.moveToWait(token);
          throw new bullmq.WaitingError();
        }
        if (verdict === 'set-aside') throw new bullmq.UnrecoverableError(toReason(error));
        throw new Error(toReason(error));
      } finally {
        busy--;
        lastBusy = performance.now();
      }
    },
    {
      connection: { ...connection, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(times * 100, 2000) },
      name: workerName(),
      concurrency,
      lockDuration: lease,
      stalledInterval: lease / 2,
      maxStalledCount: deaths,
      // An idle worker asks this often whether it should go, seconds.
      drainDelay: Math.min(5, Math.max(1, lease / 1000)),
    },
  );
  worker.on('error', (error) => {
    lastError = error;
    if (/ECONN|ETIMEDOUT|ENOTFOUND|closed/i.test(`${error.name} ${error.message}`)) lostSince ??= performance.now();
  });
  let asking = false;
  const lookForServer = (): void => {
    if (asking) return;
    asking = true;
    void withClient(address, (client) => client.ping())
      .then(() => (lostSince = undefined), (error: unknown) => (lastError = error))
      .finally(() => (asking = false));
  };

  await new Promise<void>((resolve) => {
    const watch = setInterval(() => {
      const now = performance.now();
      if (lostSince !== undefined) lookForServer();
      if (lostSince !== undefined && now - lostSince > patience) fatal ??= unavailable(shown, lastError);
      if (!stop.signal.aborted && fatal === undefined && signal?.aborted !== true && (busy > 0 || now - lastBusy < idle)) return;
      clearInterval(watch);
      stop.abort();
      resolve();
    }, WATCH);
  });
  // Waits for what is being given back; without a server there is nobody to give it to.
  await worker.close(lostSince !== undefined).catch(() => undefined);
  if (fatal !== undefined) throw fatal;
}

import type { Job } from 'bullmq';
import { VivantError } from '../../core/errors.js';
import { fromReason } from '../failure.js';
import type { JobQueue, Outcomes, QueueCounts, SetAside, WorkItem } from '../job-queue.js';
import { queueAddress, unavailable, withClient, type QueueAddress } from './connect.js';
import { jobId, keyOf } from './names.js';

/** Items sent in one request, and ids read in one. */
const CHUNK = 500;
/** Times an item is tried before it is set aside, and the pause before the second one, milliseconds; it doubles. */
export const ATTEMPTS = 5;
const BACKOFF = 5000;
/** Finished items that nobody collected leave the queue after a week; their results stay in the store. Seconds. */
const KEPT = 7 * 86_400;

/** How items are tried. For tests; the defaults are for clips. */
export interface RetryOptions {
  readonly attempts?: number | undefined;
  /** Milliseconds. */
  readonly backoff?: number | undefined;
}

/**
 * Opens the ordering side of a queue on Redis.
 *
 * @throws VivantError `INVALID_OPTION`, `PEER_MISSING`, `QUEUE_UNAVAILABLE`
 */
export async function openJobQueue(url: string, retry: RetryOptions = {}): Promise<JobQueue> {
  return new BullQueue(await queueAddress(url), retry);
}

class BullQueue implements JobQueue {
  readonly #queue;

  constructor(
    private readonly address: QueueAddress,
    { attempts = ATTEMPTS, backoff = BACKOFF }: RetryOptions,
  ) {
    this.#queue = new address.bullmq.Queue<WorkItem>(address.name, {
      // A request fails after some 20 s without a server.
      connection: { ...address.connection, maxRetriesPerRequest: 20, retryStrategy: (times: number) => Math.min(times * 100, 1000) },
      defaultJobOptions: { attempts, backoff: { type: 'exponential', delay: backoff, jitter: 0.5 }, removeOnComplete: { age: KEPT }, removeOnFail: false },
    });
    // Each request tells its own failure.
    this.#queue.on('error', () => undefined);
  }

  async add(items: readonly WorkItem[]): Promise<void> {
    for (let i = 0; i < items.length; i += CHUNK) {
      const chunk = items.slice(i, i + CHUNK);
      await this.#asked(() => this.#queue.addBulk(chunk.map((item) => ({ name: item.kind, data: item, opts: { jobId: jobId(item.key) } }))));
    }
    const wanted = new Set(items.map(({ key }) => key));
    for (const id of await this.#ids('failed')) if (wanted.has(keyOf(id))) await this.#retry(id);
  }

  async outcomes(keys: ReadonlySet<string>): Promise<Outcomes> {
    const ours = async (state: 'completed' | 'failed'): Promise<string[]> => (await this.#ids(state)).map(keyOf).filter((key) => keys.has(key));
    const done = await ours('completed');
    const failed = await ours('failed');
    return { done, setAside: await this.#described(failed.map(jobId)) };
  }

  async unknown(keys: Iterable<string>): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const key of keys) if ((await this.#job(jobId(key))) === undefined) lost.push(key);
    return lost;
  }

  async forget(key: string): Promise<void> {
    // An item that a worker holds is left to it: it finds the result in the store.
    await this.#asked(() => this.#queue.remove(jobId(key))).catch((error: unknown) => {
      if (!(error instanceof Error && /locked/i.test(error.message))) throw error;
    });
  }

  async retrySetAside(): Promise<number> {
    const ids = await this.#ids('failed');
    for (const id of ids) await this.#retry(id);
    return ids.length;
  }

  async counts(): Promise<QueueCounts> {
    const { waiting = 0, prioritized = 0, paused = 0, active = 0, delayed = 0, completed = 0, failed = 0 } = await this.#asked(() => this.#queue.getJobCounts());
    return { waiting: waiting + prioritized + paused, active, delayed, done: completed, setAside: failed };
  }

  async setAside(limit: number): Promise<readonly SetAside[]> {
    return this.#described(await this.#asked(() => this.#queue.getRanges(['failed'], 0, limit - 1)));
  }

  async workers(): Promise<readonly string[]> {
    const workers = await this.#asked(() => this.#queue.getWorkers());
    return [...new Set(workers.map(({ name, rawname }) => /:w:(.+)$/.exec(rawname ?? '')?.[1] ?? name ?? 'unnamed'))].sort();
  }

  async warnings(): Promise<readonly string[]> {
    const info = await withClient(this.address, (client) => client.info());
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    return [
      ...(policy === undefined || policy === 'noeviction' ? [] : [`The server may throw items away when its memory is full (maxmemory-policy ${policy}). Set it to noeviction.`]),
      ...(/aof_enabled:0/.test(info) ? ['The server keeps no log of its changes: after a crash of the server items may be missing (they are added again by `corpus make`). Set appendonly yes.'] : []),
    ];
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => undefined);
  }

  async #ids(state: 'completed' | 'failed'): Promise<string[]> {
    const ids: string[] = [];
    for (let start = 0; ; start += CHUNK) {
      const page = await this.#asked(() => this.#queue.getRanges([state], start, start + CHUNK - 1));
      ids.push(...page);
      if (page.length < CHUNK) return ids;
    }
  }

  async #described(ids: readonly string[]): Promise<SetAside[]> {
    const found: SetAside[] = [];
    for (const id of ids) {
      const job = await this.#job(id);
      if (job !== undefined) found.push({ key: keyOf(id), ...fromReason(job.failedReason ?? ''), attempts: Math.max(job.attemptsMade, job.attemptsStarted ?? 0) });
    }
    return found;
  }

  async #retry(id: string): Promise<void> {
    const job = await this.#job(id);
    await this.#asked(() => job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })).catch((error: unknown) => {
      // Somebody else was faster: it isn't among the failed any more.
      if (error instanceof VivantError) throw error;
    });
  }

  async #job(id: string): Promise<Job<WorkItem> | undefined> {
    return (await this.#asked(() => this.#queue.getJob(id))) as Job<WorkItem> | undefined;
  }

  async #asked<T>(request: () => Promise<T> | T): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (error instanceof Error && /ECONN|ETIMEDOUT|ENOTFOUND|MaxRetries|max retries|Connection is closed|READONLY|LOADING/i.test(`${error.name} ${error.message}`)) throw unavailable(this.address.shown, error);
      throw error;
    }
  }
}

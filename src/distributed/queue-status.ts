import { openJobQueue } from '../queue/engine/job-queue.js';

/** Clips listed at most. */
const LISTED = 50;

/** What is in a queue. @public */
export interface QueueStatus {
  /** Clips that no worker has begun. */
  readonly waiting: number;
  /** Clips in work. */
  readonly active: number;
  /** Clips that failed and are tried again later. */
  readonly delayed: number;
  /** Clips that are made and not collected yet. */
  readonly done: number;
  /** Clips that failed for good or too often. */
  readonly setAside: number;
  /** `host:pid` of the workers that are connected. */
  readonly workers: readonly string[];
  /** The first 50 clips that were set aside. */
  readonly problems: readonly { readonly key: string; readonly code: string; readonly message: string; readonly attempts: number }[];
  /** What about the server endangers the work. */
  readonly warnings: readonly string[];
  /** Clips that this call has put back in line. */
  readonly retried: number;
}

/**
 * Looks into a queue.
 *
 * @param url - as of `makeCorpusThroughQueue`
 * @param options - `retry`: puts back in line what was set aside
 * @throws VivantError `INVALID_OPTION`, `PEER_MISSING`, `QUEUE_UNAVAILABLE`
 * @public
 */
export async function queueStatus(url: string, options: { readonly retry?: boolean } = {}): Promise<QueueStatus> {
  const queue = await openJobQueue(url);
  try {
    const retried = options.retry === true ? await queue.retrySetAside() : 0;
    const [counts, workers, problems, warnings] = await Promise.all([queue.counts(), queue.workers(), queue.setAside(LISTED), queue.warnings()]);
    return { ...counts, workers, problems, warnings, retried };
  } finally {
    await queue.close();
  }
}

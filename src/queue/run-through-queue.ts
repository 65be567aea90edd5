import { setTimeout as pause } from 'node:timers/promises';
import { VivantError } from '../core/errors.js';
import type { JobQueue, SetAside, WorkItem } from './job-queue.js';
import type { ResultStore } from './store/result-store.js';

/** How many items of one order are in the queue at a time: more only fill the server's memory. */
const WINDOW = 10_000;
/** Milliseconds between two looks at the queue. */
const POLL = 1000;
/** After this long without news, items that the queue has lost are looked for, milliseconds. */
const DOUBT = 30_000;

/** What an order needs and what it is told. */
export interface ThroughQueue<T extends WorkItem> {
  readonly queue: JobQueue;
  readonly store: ResultStore;
  /** An empty folder for the result of an item. */
  workFolder(item: T): Promise<string>;
  /** The result is in `folder`. Called once for each item. */
  onDone(item: T, folder: string): Promise<void>;
  /** The item was set aside. Called at most once for each item. */
  onSetAside(item: T, failure: SetAside): Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, for tests. */
  readonly poll?: number | undefined;
  readonly doubt?: number | undefined;
}

/**
 * Has items made by workers and collects the results. Killed at any point, another call goes on: results in the store are
 * taken from there, and items in the queue are not added twice.
 *
 * @throws VivantError `ABORTED` (workers go on with what is in the queue), `QUEUE_UNAVAILABLE`, and whatever the callbacks throw
 */
export async function runThroughQueue<T extends WorkItem>(items: readonly T[], options: ThroughQueue<T>): Promise<void> {
  const { queue, store, workFolder, onDone, onSetAside, signal, poll = POLL, doubt = DOUBT } = options;
  const ahead = [...items].reverse();
  const ordered = new Map<string, T>();
  const take = async (item: T): Promise<void> => {
    const folder = await workFolder(item);
    await store.get(item.key, folder);
    await onDone(item, folder);
  };
  let quietSince = performance.now();
  while (ahead.length > 0 || ordered.size > 0) {
    if (signal?.aborted) throw new VivantError('ABORTED', 'The order was stopped. Workers go on with what is in the queue; the same command collects it.', { cause: signal.reason });
    const fresh: T[] = [];
    while (ahead.length > 0 && ordered.size + fresh.length < WINDOW) {
      const item = ahead.pop()!;
      if (await store.has(item.key)) {
        await take(item);
        await queue.forget(item.key);
      } else fresh.push(item);
    }
    if (fresh.length > 0) await queue.add(fresh);
    for (const item of fresh) ordered.set(item.key, item);

    const { done, setAside } = await queue.outcomes(new Set(ordered.keys()));
    for (const key of done) {
      const item = ordered.get(key)!;
      ordered.delete(key);
      const isThere = await store.has(key);
      if (isThere) await take(item);
      // Forgotten only now: killed in between, the item is found in the store or in the queue again.
      await queue.forget(key);
      // A store that was emptied by hand: once more.
      if (!isThere) ahead.push(item);
    }
    for (const failure of setAside) {
      const item = ordered.get(failure.key)!;
      ordered.delete(failure.key);
      await onSetAside(item, failure);
    }
    if (done.length + setAside.length + fresh.length > 0) quietSince = performance.now();
    else if (performance.now() - quietSince > doubt) {
      // Another order has collected them, or the server has lost its memory.
      for (const key of await queue.unknown(ordered.keys())) {
        ahead.push(ordered.get(key)!);
        ordered.delete(key);
      }
      quietSince = performance.now();
    }
    if (ordered.size > 0 && done.length === 0) await pause(poll, undefined, signal && { signal }).catch(() => undefined);
  }
}

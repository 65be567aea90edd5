import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VivantError } from '../core/errors.js';
import { asVivantError, verdictOf, type Verdict } from './failure.js';
import type { WorkItem } from './job-queue.js';
import type { ResultStore } from './store/result-store.js';

/** Makes one kind of item: writes files into `folder`, which is empty, and nowhere else. */
export type Handler = (payload: unknown, folder: string, signal: AbortSignal) => Promise<void>;

/** What happened to one item at a worker. */
export type WorkerEvent =
  | { readonly type: 'made'; readonly key: string; readonly seconds: number }
  /** The result was in the store: made by a worker that was killed before it could say so. */
  | { readonly type: 'found'; readonly key: string }
  | { readonly type: 'failed'; readonly key: string; readonly verdict: Verdict; readonly error: VivantError };

/** What a worker needs to make items. */
export interface WorkerTools {
  readonly store: ResultStore;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Folder for half-made results. */
  readonly scratch: string;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/**
 * Makes one item and stores its result. The order is what makes a kill at any point harmless: the result is stored, whole or
 * not at all, before the queue is told; an item that is given out twice is found in the store the second time.
 *
 * @throws VivantError with the verdict of {@link verdictOf}
 */
export async function makeOne({ key, kind, payload }: WorkItem, { store, handlers, scratch, onEvent }: WorkerTools, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  try {
    if (await store.has(key)) {
      onEvent?.({ type: 'found', key });
      return;
    }
    const handler = handlers[kind];
    if (handler === undefined) throw new Error(`This worker makes no items of kind ${JSON.stringify(kind)}: its version is older than the one that ordered them.`);
    const folder = await mkdtemp(join(scratch, 'item-'));
    try {
      await handler(payload, folder, signal);
      await store.put(key, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    onEvent?.({ type: 'made', key, seconds: (performance.now() - started) / 1000 });
  } catch (thrown) {
    const error = asVivantError(thrown);
    onEvent?.({ type: 'failed', key, verdict: verdictOf(error), error });
    throw error;
  }
}

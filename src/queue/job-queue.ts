import type { VivantErrorCode } from '../core/errors.js';

/** One piece of work. Plain JSON. */
export interface WorkItem {
  /** SHA-256 (hex) of all that decides the result: its address in the result store, and its name in the queue. */
  readonly key: string;
  /** Which handler of a worker makes it. */
  readonly kind: string;
  readonly payload: unknown;
}

/** An item that was set aside: it failed for good, or too often. */
export interface SetAside {
  readonly key: string;
  readonly code: VivantErrorCode;
  readonly message: string;
  /** How often it was begun. */
  readonly attempts: number;
}

/** What has become of items. */
export interface Outcomes {
  /** Keys of items whose result is in the store. */
  readonly done: readonly string[];
  readonly setAside: readonly SetAside[];
}

/** How many items are where. */
export interface QueueCounts {
  /** Not begun. */
  readonly waiting: number;
  /** In work now. */
  readonly active: number;
  /** Failed, and tried again later. */
  readonly delayed: number;
  /** Done and not taken yet by the process that ordered them. */
  readonly done: number;
  readonly setAside: number;
}

/** The ordering side of a queue. */
export interface JobQueue {
  /** Adds items; those that are in the queue already are left as they are, except that what was set aside is tried anew. */
  add(items: readonly WorkItem[]): Promise<void>;
  /** Looks up what has become of `keys`. */
  outcomes(keys: ReadonlySet<string>): Promise<Outcomes>;
  /** Those of `keys` that the queue knows nothing of. */
  unknown(keys: Iterable<string>): Promise<readonly string[]>;
  /** Drops a finished item. */
  forget(key: string): Promise<void>;
  /** Tries everything anew that was set aside. @returns how many. */
  retrySetAside(): Promise<number>;
  counts(): Promise<QueueCounts>;
  /** The first `limit` of them. */
  setAside(limit: number): Promise<readonly SetAside[]>;
  /** `host:pid` of each worker that is connected. */
  workers(): Promise<readonly string[]>;
  /** What about the server endangers work, in words. */
  warnings(): Promise<readonly string[]>;
  close(): Promise<void>;
}

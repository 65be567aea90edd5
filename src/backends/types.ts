import type * as tfjs from '@tensorflow/tfjs-core';
import type { BackendName } from './names.js';

export { BACKEND_NAMES, type BackendName, type BackendPreference, type BackendProbe } from './names.js';

/** The operations of tfjs-core, bound to the engine that a backend registered itself with. */
export type TensorFlow = typeof tfjs;

/** The backend works here. */
export interface Supported {
  readonly supported: true;
  /** Of the package that provides it. */
  readonly version: string;
  /** What computes, in a few words: the graphics card, or the processor features in use. */
  readonly device: string;
  /** Only when asked for by name, and why: slower than the backends after it, or meant for tests. */
  readonly onlyByName?: string;
}

/** The backend can't be used here. */
export interface Unsupported {
  readonly supported: false;
  readonly reason: string;
  /** What to do to get it. */
  readonly advice: string;
}

/** One backend, before it runs. */
export interface BackendDriver {
  readonly name: BackendName;
  /** Never throws. Leaves no trace in the process when the answer is no. */
  isSupported(): Promise<Supported | Unsupported>;
  /**
   * Starts it, or joins the one that runs already.
   *
   * @throws VivantError `BACKEND_UNAVAILABLE` when it turns out not to work here after all.
   */
  start(): Promise<RunningBackend>;
}

/** A backend at work. */
export interface RunningBackend {
  readonly name: BackendName;
  /** Use these operations, never a tfjs-core imported elsewhere: an optional backend may bring its own copy. */
  readonly tf: TensorFlow;
  /** Makes this the backend of the operations that follow, up to the next `await`. */
  activate(): void;
  /** Gives it back, after its tensors have been disposed; the last one out frees it. Safe to call twice. */
  close(): Promise<void>;
}

/** Which backend was taken and why. @public */
export interface BackendChoice {
  readonly name: BackendName;
  /** One sentence for people. */
  readonly reason: string;
  /** The ones before it, with what spoke against them. */
  readonly tried: readonly { readonly name: BackendName; readonly reason: string }[];
}

/** A backend at work, with the record of how it was chosen. */
export interface TensorBackend extends RunningBackend {
  readonly choice: BackendChoice;
  /** The same as {@link RunningBackend.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

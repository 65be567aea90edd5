import type * as tfjs from '@tensorflow/tfjs-core';

/** The operations of tfjs-core, bound to the engine that a backend registered itself with. */
export type TensorFlow = typeof tfjs;

/**
 * What the generator needs of a tensor backend; the backends in `backends/` fulfil it.
 *
 * All operations go through {@link TensorBackend.tf}: an optional backend that is installed beside the user's own project may
 * bring its own copy of tfjs-core, with the operations that its kernels were made for.
 */
export interface TensorBackend {
  /** For reports: `tensorflow`, `webgpu`, `wasm` or `cpu`. */
  readonly name: string;
  readonly tf: TensorFlow;
  /**
   * Makes this the backend of the operations that follow, up to the next `await`. tfjs has one current backend per process,
   * so two open backends would otherwise take each other's operations.
   */
  activate(): void;
}

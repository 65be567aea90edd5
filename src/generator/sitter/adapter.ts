import type { RefinerInfo } from '../../core/ports.js';
import type { RefinerNetwork } from '../refiner/regions.js';

/** What fine-tuning added to one tensor of the refiner. */
export interface WeightChange {
  /** As in the manifest of the weights, for example `eye.same2.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** To be added to the weights, row-major. */
  readonly values: Float32Array;
}

/** A refiner that knows one sitter: what differs from the weights that ship with the package. */
export interface SitterAdapter {
  /** The weights that the changes belong to; with others they mean nothing. */
  readonly base: RefinerInfo;
  /** The sitter as the networks see them, `[identity]` each. */
  readonly vectors: Readonly<Record<RefinerNetwork, Float32Array>>;
  readonly changes: readonly WeightChange[];
}

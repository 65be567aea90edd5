import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { VivantError } from '../../core/errors.js';
import type { TensorBackend } from '../tensor/types.js';
import { sitterVector } from './embed.js';
import { foldModulation, HEAD_CHANNELS, refinerHead, type FoldedWeights, type WeightsByName } from './network.js';
import { PACKED_CHANNELS } from './pack.js';

/** One network with a sitter folded into it, for crops of one size. */
export class RegionNetwork {
  readonly #shape: [number, number, number, number];
  readonly #folded: FoldedWeights;

  /**
   * @param weights - stay owned by the caller.
   * @param size - of a crop, pixels.
   * @param sitter - `[rows, cols, 3]` each: the sitter's own crops; or one vector `[identity]` that was learnt in their place.
   * @throws VivantError `MODEL_CORRUPT` when the weights are not those of such a network.
   */
  constructor(
    private readonly backend: TensorBackend,
    private readonly weights: WeightsByName,
    size: { readonly rows: number; readonly cols: number },
    batch: number,
    sitter: readonly Float32Array[] | Float32Array,
  ) {
    const [rows, cols] = [size.rows / 2, size.cols / 2];
    this.#shape = [batch, rows, cols, PACKED_CHANNELS];
    backend.activate();
    const { tf } = backend;
    const vector = (): Tensor2D => (sitter instanceof Float32Array ? tf.tensor2d(sitter, [1, sitter.length]) : sitterVector(tf, weights, sitter, size.rows, size.cols));
    try {
      this.#folded = tf.tidy(() => {
        const folded = foldModulation(tf, weights, vector()) as Record<string, Tensor4D>;
        this.#head(folded, new Float32Array(batch * rows * cols * PACKED_CHANNELS)); // Layers that don't fit each other show here.
        return folded;
      });
    } catch (cause) {
      if (cause instanceof VivantError) throw cause;
      throw new VivantError('MODEL_CORRUPT', `Expected the weights of a refiner but their layers don't fit each other: ${cause instanceof Error ? cause.message : String(cause)} Install the package again.`, { cause });
    }
  }

  /**
   * Computes the heads of a batch of crops.
   *
   * @param input - `[batch, rows / 2, cols / 2, PACKED_CHANNELS]`; read before this returns.
   * @returns `[batch, rows / 2, cols / 2, HEAD_CHANNELS]`
   */
  async run(input: Float32Array): Promise<Float32Array> {
    this.backend.activate();
    const head = this.#head(this.#folded, input);
    try {
      return (await head.data()) as Float32Array;
    } finally {
      head.dispose();
    }
  }

  dispose(): void {
    this.backend.tf.dispose(this.#folded);
  }

  #head(folded: FoldedWeights, input: Float32Array): Tensor4D {
    const { tf } = this.backend;
    return tf.tidy(() => {
      const head = refinerHead(tf, (name) => folded[name] ?? this.weights(name), tf.tensor4d(input, this.#shape));
      if (head.shape[3] === HEAD_CHANNELS) return head;
      throw new Error(`The last layer has ${head.shape[3]} channels instead of ${HEAD_CHANNELS}.`);
    });
  }
}

import type { Tensor } from '@tensorflow/tfjs-core';
import { VivantError } from '../../core/errors.js';
import type { TensorBackend } from '../tensor/types.js';
import { sitterVector } from './embed.js';
import { foldModulation, HEAD_CHANNELS, refinerHead, type WeightsByName } from './network.js';
import { PACKED_CHANNELS } from './pack.js';

/** One network with a sitter folded into it, for crops of one size. */
export class RegionNetwork {
  /** `[batch, rows / 2, cols / 2, PACKED_CHANNELS]`, to be filled before {@link RegionNetwork.run}. */
  readonly input: Float32Array;
  /** Elements of {@link RegionNetwork.input} that one crop takes. */
  readonly inputSize: number;
  /** Elements of a head that one crop takes. */
  readonly headSize: number;
  readonly #shape: [number, number, number, number];
  readonly #folded: ReadonlyMap<string, Tensor>;

  /**
   * @param weights - stay owned by the caller.
   * @param size - of a crop, pixels.
   * @param sitter - `[rows, cols, 3]` each: the sitter's own crops.
   * @throws VivantError `MODEL_CORRUPT` when the weights are not those of such a network.
   */
  constructor(
    private readonly backend: TensorBackend,
    private readonly weights: WeightsByName,
    size: { readonly rows: number; readonly cols: number },
    batch: number,
    sitter: readonly Float32Array[],
  ) {
    const [rows, cols] = [size.rows / 2, size.cols / 2];
    this.#shape = [batch, rows, cols, PACKED_CHANNELS];
    this.inputSize = rows * cols * PACKED_CHANNELS;
    this.headSize = rows * cols * HEAD_CHANNELS;
    this.input = new Float32Array(batch * this.inputSize);
    expectChannels(weights, 'enter.weight', 2, PACKED_CHANNELS);
    expectChannels(weights, 'out.weight', 3, HEAD_CHANNELS);
    const { tf } = backend;
    backend.activate();
    const vector = sitterVector(tf, weights, sitter, size.rows, size.cols);
    this.#folded = foldModulation(tf, weights, vector);
    vector.dispose();
  }

  /**
   * Computes the heads of the crops in {@link RegionNetwork.input}.
   *
   * @returns `[batch, rows / 2, cols / 2, HEAD_CHANNELS]`
   */
  async run(): Promise<Float32Array> {
    const { tf } = this.backend;
    this.backend.activate();
    const head = tf.tidy(() => refinerHead(tf, (name) => this.#folded.get(name) ?? this.weights(name), tf.tensor4d(this.input, this.#shape)));
    try {
      return (await head.data()) as Float32Array;
    } finally {
      head.dispose();
    }
  }

  dispose(): void {
    this.backend.tf.dispose([...this.#folded.values()]);
  }
}

function expectChannels(weights: WeightsByName, name: string, axis: number, channels: number): void {
  const { shape } = weights(name);
  if (shape[axis] === channels) return;
  throw new VivantError('MODEL_CORRUPT', `Expected ${channels} channels in axis ${axis} of the refiner's tensor '${name}' but received the shape [${shape.join(', ')}]. Install the package again: its weights belong to another version.`, {
    details: { tensor: name, shape, channels },
  });
}

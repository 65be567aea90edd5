import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { RefinerNetwork } from '../generator/refiner/regions.js';
import type { WeightsByName } from '../generator/refiner/network.js';
import type { TensorFlow } from '../generator/tensor/types.js';
import type { Weights } from '../generator/tensor/weights.js';

/** The sitter's vector among the parameters. */
export const VECTOR = 'vector';

/** One tensor of a network, as a part of its flat parameters. */
export interface ParameterSlot {
  /** Without the network's name, for example `same2.weight`; {@link VECTOR}. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Elements from the start. */
  readonly offset: number;
  readonly size: number;
}

/** Everything of one network that learns, in one array: its weights without the embedder, whose answer learns in its place. */
export interface Parameters {
  readonly slots: readonly ParameterSlot[];
  readonly values: Float32Array;
}

/**
 * @param vector - what the embedder says of the sitter, `[identity]`.
 */
export async function readParameters(weights: Weights, network: RefinerNetwork, vector: Float32Array): Promise<Parameters> {
  const prefix = `${network}.`;
  const names = weights.manifest.tensors.map(({ name }) => name).filter((name) => name.startsWith(prefix) && !name.startsWith(`${prefix}embed.`));
  const slots: ParameterSlot[] = [];
  const parts: Float32Array[] = [];
  let offset = 0;
  const add = (name: string, shape: readonly number[], values: Float32Array): void => {
    slots.push({ name, shape, offset, size: values.length });
    parts.push(values);
    offset += values.length;
  };
  for (const name of names) {
    const tensor = weights.get(name);
    add(name.slice(prefix.length), tensor.shape, (await tensor.data()) as Float32Array);
  }
  add(VECTOR, [1, vector.length], vector);
  const values = new Float32Array(offset);
  slots.forEach((slot, k) => values.set(parts[k]!, slot.offset));
  return { slots, values };
}

/** The parameters as tensors, in the order of the slots; the caller disposes them. */
export function parameterTensors(tf: TensorFlow, { slots, values }: Parameters): Tensor[] {
  return slots.map(({ shape, offset, size }) => tf.tensor(values.slice(offset, offset + size), [...shape], 'float32'));
}

/** Parameters by name, for the networks. */
export function byName(slots: readonly ParameterSlot[], tensors: readonly Tensor[]): { readonly weights: WeightsByName; readonly vector: Tensor2D } {
  const named = new Map(slots.map(({ name }, k) => [name, tensors[k]!]));
  return { weights: (name) => named.get(name)!, vector: named.get(VECTOR) as Tensor2D };
}

import { chooseBackend } from '#dist/backends/choose.js';
import type { BackendName, TensorBackend } from '#dist/backends/types.js';
import { loadWeights } from '#dist/generator/tensor/weights.js';
import { enableTraining } from '#dist/personalize/gradients/register.js';
import { createFilters, objective } from '#dist/personalize/objective.js';
import { byName, parameterTensors, type Parameters, readParameters } from '#dist/personalize/parameters.js';
import type { Tensor } from '@tensorflow/tfjs-core';

const SIDE = 8;

/** Loss of fine-tuning on a small batch of noise, and its gradient by each parameter. */
export interface Derivative {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/**
 * Differentiates the objective of `personalize` for the mouth.
 *
 * @param backend - with its gradients enabled.
 * @param directory - of weights, as `writeRandomWeights` leaves them.
 * @param edit - may change the parameters first.
 */
export async function differentiate(backend: TensorBackend, directory: string, edit: (parameters: Parameters) => void = () => undefined) {
  backend.activate();
  const { tf } = backend;
  const weights = await loadWeights('standard', backend, { directory });
  const parameters = await readParameters(weights, 'mouth', noise(24, 5, -1, 1));
  edit(parameters);
  const filters = createFilters(tf);
  const batch = {
    x: tf.tensor4d(noise(2 * SIDE * SIDE * 68, 1), [2, SIDE, SIDE, 68]),
    target: tf.tensor4d(noise(2 * SIDE * SIDE * 12, 2), [2, SIDE, SIDE, 12]),
    weight: tf.tensor4d(noise(2 * SIDE * SIDE * 4, 3, 1, 4), [2, SIDE, SIDE, 4]),
    feather: tf.tensor4d(noise(SIDE * SIDE * 4, 4), [1, SIDE, SIDE, 4]),
  };
  const tensors = parameterTensors(tf, parameters);
  const { value, grads } = tf.valueAndGrads((...learning: Tensor[]) => {
    const named = byName(parameters.slots, learning);
    return objective(tf, named.weights, named.vector, batch, filters);
  })(tensors);
  const loss = (await value.data())[0]!;
  const gradients = await Promise.all(grads.map((grad) => grad.data() as Promise<Float32Array>));
  tf.dispose([value, ...grads, ...tensors, ...Object.values(batch), ...Object.values(filters)]);
  weights.dispose();
  return { loss, gradients, slots: parameters.slots };
}

/** The same on a backend that the caller need not have open. */
export async function differentiateOn(name: BackendName, directory: string): Promise<Derivative> {
  const backend = await chooseBackend(name);
  enableTraining(backend);
  const { loss, gradients, slots } = await differentiate(backend, directory);
  await backend.close();
  return { loss, gradients: new Map(slots.map((slot, k) => [slot.name, gradients[k]!])) };
}

/** Repeatable numbers. */
export function noise(count: number, seed: number, low = 0, high = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * state) / 2 ** 32;
  });
}

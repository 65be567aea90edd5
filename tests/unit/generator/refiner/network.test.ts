import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { embedCrops } from '#dist/generator/refiner/embed.js';
import { foldModulation, refinerHead } from '#dist/generator/refiner/network.js';
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refinerShapes } from './random-weights.js';

const STEP = 1e-2;

let backend: TensorBackend;
beforeAll(async () => {
  backend = await chooseBackend('cpu');
});
afterAll(() => backend.close());

describe('the network with variables for weights', () => {
  it('has a gradient for every one of them, which is what small changes do', async () => {
    const { tf } = backend;
    backend.activate();
    const variables = new Map<string, Variable>();
    for (const [name, shape] of Object.entries(refinerShapes([4, 4, 8]))) {
      if (!name.startsWith('mouth.')) continue;
      const inputs = shape.slice(0, -1).reduce((product, size) => product * size, 1);
      variables.set(name.slice(6), tf.variable(tf.randomUniform([...shape], -Math.sqrt(3 / inputs), Math.sqrt(3 / inputs), 'float32', name.length)));
    }
    const weights = (name: string): Tensor => variables.get(name)!;
    const x = tf.randomUniform([1, 8, 8, 68], 0, 1, 'float32', 5) as Tensor4D;
    const crops = tf.randomUniform([2, 16, 16, 3], 0, 1, 'float32', 6) as Tensor4D;
    const loss = () => {
      const vector = tf.mean(embedCrops(tf, weights, crops), 0, true) as Tensor2D;
      const folded = foldModulation(tf, weights, vector);
      return tf.mean(tf.square(refinerHead(tf, (name) => folded[name] ?? weights(name), x))) as Scalar;
    };
    const { grads } = tf.variableGrads(loss, [...variables.values()]);
    const value = (): number => tf.tidy(() => loss().dataSync()[0]!);
    for (const [name, variable] of variables) {
      const gradient = grads[variable.name]!;
      // Along its own gradient a loss changes by the gradient's square length.
      const length = tf.tidy(() => tf.sqrt(tf.sum(tf.square(gradient))).dataSync()[0]!);
      expect([name, length > 0]).toEqual([name, true]);
      const original = tf.clone(variable as Tensor);
      const move = (amount: number): number => {
        variable.assign(tf.tidy(() => tf.add(original, tf.mul(gradient, amount / length))));
        return value();
      };
      const slope = (move(STEP) - move(-STEP)) / (2 * STEP);
      variable.assign(original);
      original.dispose();
      expect([name, Math.abs(slope / length - 1) < 0.1]).toEqual([name, true]);
    }
    tf.dispose([x, crops, ...Object.values(grads), ...variables.values()]);
  });
});

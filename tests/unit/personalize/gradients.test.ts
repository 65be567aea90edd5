import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { filterGradient, inputGradient } from '#dist/personalize/gradients/convolution.js';
import { enableTraining } from '#dist/personalize/gradients/register.js';
import type { Parameters } from '#dist/personalize/parameters.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differentiate as differentiateMouth, noise } from '../../conformance/training.js';
import { writeRandomWeights } from '../generator/refiner/random-weights.js';

let directory: string;
const backends = new Map<string, TensorBackend>();
beforeAll(async () => {
  directory = await writeRandomWeights(await mkdtemp(join(tmpdir(), 'vivant-gradients-')));
  for (const name of ['wasm', 'cpu'] as const) {
    backends.set(name, await chooseBackend(name));
    enableTraining(backends.get(name)!);
  }
});
afterAll(async () => {
  for (const backend of backends.values()) await backend.close();
  await rm(directory, { recursive: true, force: true });
});

/** Loss and gradients of a small refiner on small crops. */
async function differentiate(name: string, edit?: (parameters: Parameters) => void) {
  const backend = backends.get(name)!;
  const before = backend.tf.memory().numTensors;
  const derivative = await differentiateMouth(backend, directory, edit);
  expect(backend.tf.memory().numTensors).toBe(before);
  return derivative;
}

describe('gradients of the refiner', () => {
  it('are the same on wasm as in plain JavaScript, for every weight', async () => {
    const [wasm, cpu] = [await differentiate('wasm'), await differentiate('cpu')];
    expect(wasm.loss).toBeCloseTo(cpu.loss, 4);
    wasm.slots.forEach(({ name }, k) => {
      const size = Math.max(...cpu.gradients[k]!.map(Math.abs));
      expect(size, name).toBeGreaterThan(0);
      const worst = Math.max(...wasm.gradients[k]!.map((value, i) => Math.abs(value - cpu.gradients[k]![i]!)));
      expect(worst / size, name).toBeLessThan(1e-3);
    });
  });

  it('say how the loss changes when weights do', async () => {
    const { loss, gradients, slots } = await differentiate('wasm');
    for (const name of ['enter.weight', 'down2.weight', 'same3.bias', 'up2.weight', 'up1.weight', 'out.weight', 'styles.up1.weight', 'vector']) {
      const k = slots.findIndex((slot) => slot.name === name);
      const gradient = gradients[k]!;
      const length = Math.hypot(...gradient);
      // A small step along the gradient must raise the loss by step times length. Rounding hides smaller changes.
      const step = (0.001 * loss) / length;
      const moved = (sign: number) => differentiate('wasm', ({ slots: own, values }) => gradient.forEach((value, i) => (values[own[k]!.offset + i]! += (sign * step * value) / length)));
      const slope = ((await moved(1)).loss - (await moved(-1)).loss) / (2 * step);
      expect(slope / length, name).toBeGreaterThan(0.93);
      expect(slope / length, name).toBeLessThan(1.07);
    }
  });
});

describe('gradients of a convolution', () => {
  const cases = [
    { label: '3 x 3', size: [5, 6], filter: [3, 3], stride: 1, pad: 'same' },
    { label: '3 x 3, stride 2, as the refiner pads it', size: [6, 8], filter: [3, 3], stride: 2, pad: 'valid' },
    { label: 'stride 2 with a row that nothing sees', size: [6, 7], filter: [3, 3], stride: 2, pad: 'valid' },
    { label: '1 x 1', size: [4, 4], filter: [1, 1], stride: 1, pad: 'valid' },
    { label: '2 x 3, stride 2', size: [7, 7], filter: [2, 3], stride: 2, pad: 'same' },
  ] as const;

  it.each(cases)('$label: as the kernels of the cpu backend compute them', async ({ size: [h, w], filter: [fh, fw], stride, pad }) => {
    const read = async (name: string, ours: boolean) => {
      const backend = backends.get(name)!;
      backend.activate();
      const { tf } = backend;
      const x: Tensor4D = tf.tensor4d(noise(2 * h * w * 3, 1), [2, h, w, 3]);
      const filter: Tensor4D = tf.tensor4d(noise(fh * fw * 3 * 4, 2, -1, 1), [fh, fw, 3, 4]);
      const y = tf.conv2d(x, filter, stride, pad);
      const dy: Tensor4D = tf.tensor4d(noise(y.size, 3, -1, 1), y.shape);
      const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, stride, 1, pad);
      const attrs = { strides: stride, pad, dataFormat: 'NHWC', dimRoundingMode: undefined };
      const kernel = (kernelName: string, inputs: Record<string, Tensor>, more: object): Tensor => tf.engine().runKernel(kernelName, inputs, { ...attrs, ...more } as never);
      const dFilter = ours ? filterGradient(tf, x, dy, info) : kernel('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape });
      const dx = ours ? inputGradient(tf, dy, filter, info) : kernel('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape });
      expect([dFilter.shape, dx.shape]).toEqual([filter.shape, x.shape]);
      return [...(await dFilter.data()), ...(await dx.data())];
    };
    const expected = await read('cpu', false);
    (await read('wasm', true)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
    // The kernel that wasm lacks is registered under its own name, too.
    (await read('wasm', false)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
  });
});

import { chooseBackend, probeBackends } from '#dist/backends/choose.js';
import type { BackendName, TensorBackend } from '#dist/backends/types.js';
import { NETWORK_REGIONS } from '#dist/generator/refiner/heads.js';
import { PACKED_CHANNELS } from '#dist/generator/refiner/pack.js';
import { RegionNetwork } from '#dist/generator/refiner/region-network.js';
import { assertComputes } from '#dist/generator/tensor/self-check.js';
import { loadWeights } from '#dist/generator/tensor/weights.js';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRandomWeights } from '../unit/generator/refiner/random-weights.js';
import { differentiateOn, type Derivative } from './training.js';
import { GOLDEN_NETWORKS, readGolden, runRefiner } from './refiner-golden.js';

/** What every backend must do alike. A backend that this machine lacks is skipped, and its title says why. */
export async function describeBackend(name: BackendName): Promise<void> {
  const probe = (await probeBackends()).find((one) => one.name === name)!;
  const title = probe.supported ? `${name} (${probe.detail})` : `${name}, skipped because ${probe.detail}`;
  // wasm and cpu come with the package: for them "unsupported" is a failure, not a reason to skip.
  describe.skipIf(!probe.supported && name !== 'wasm' && name !== 'cpu')(title, () => conformance(name));
}

function conformance(name: BackendName): void {
  let backend: TensorBackend;
  let weights: string;
  let expectedGradients: Derivative;
  const read = async (make: () => Tensor): Promise<number[]> => {
    backend.activate();
    const tensor = backend.tf.tidy(make);
    const values = [...(await tensor.data())];
    tensor.dispose();
    return values;
  };
  const close = (received: number[], expected: number[]): void => {
    expect(received).toHaveLength(expected.length);
    received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  };

  beforeAll(async () => {
    weights = await writeRandomWeights(await mkdtemp(join(tmpdir(), 'vivant-conformance-')));
    // Before another backend is loaded: tfjs-node brings gradients of its own, one of which plain JavaScript computes wrongly.
    expectedGradients = await differentiateOn('cpu', weights);
    backend = await chooseBackend(name);
  });
  afterAll(async () => {
    await backend.close();
    await rm(weights, { recursive: true, force: true });
  });

  it('is the one that was asked for', () => {
    expect(backend.choice).toMatchObject({ name, tried: [] });
    expect(backend.tf.getBackend()).toBe(name);
  });

  it('gives float32 back bit for bit', async () => {
    const samples = [0, -0, 1 / 3, 1e-30, -3.4e38, 255, 16777215];
    const values = Float32Array.from({ length: 7000 }, (_, i) => samples[i % 7]!); // webgpu keeps small tensors on the processor
    expect(await read(() => backend.tf.mul(backend.tf.tensor1d(values), 1))).toEqual([...values]);
  });

  it('conv2d', async () => {
    const { tf } = backend;
    const run = (strides: number, pad: 'same' | 'valid') => read(() => tf.conv2d(tf.reshape(tf.range(0, 9), [1, 3, 3, 1]) as Tensor4D, tf.tensor4d([1, 0, 0, -1], [2, 2, 1, 1]), strides, pad));
    close(await run(1, 'valid'), [-4, -4, -4, -4]);
    close(await run(1, 'same'), [-4, -4, 2, -4, -4, 5, 6, 7, 8]);
    close(await run(2, 'same'), [-4, 2, 6, 8]);
  });

  it('depthwiseConv2d keeps channels apart', async () => {
    const { tf } = backend;
    const input = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
    const filter = tf.tensor4d([1, 2, 1, 2, 1, 2, 1, 2], [2, 2, 2, 1]);
    close(await read(() => tf.depthwiseConv2d(input, filter, 1, 'valid')), [10, 200]);
    tf.dispose([input, filter]);
  });

  it('resizeBilinear with half-pixel centres', async () => {
    const { tf } = backend;
    const make = () => tf.image.resizeBilinear(tf.tensor4d([0, 8, 16, 24], [1, 2, 2, 1]), [4, 4], false, true);
    close(await read(make), [0, 2, 6, 8, 4, 6, 10, 12, 12, 14, 18, 20, 16, 18, 22, 24]);
  });

  it('gather and gatherND', async () => {
    const { tf } = backend;
    close(await read(() => tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), tf.tensor1d([2, 0, 2], 'int32'))), [5, 6, 1, 2, 5, 6]);
    close(await read(() => tf.gatherND(tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), tf.tensor2d([1, 0, 0, 1], [2, 2], 'int32'))), [5, 6, 3, 4]);
  });

  it('prelu with a slope per channel', async () => {
    const { tf } = backend;
    close(await read(() => tf.prelu(tf.tensor2d([-1, -1, 2, 2], [2, 2]), tf.tensor2d([0.25, 0.5], [1, 2]))), [-0.25, -0.5, 2, 2]);
  });

  it('passes the check before the first frame', async () => {
    const before = backend.tf.memory().numTensors;
    await assertComputes(backend);
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it.each(GOLDEN_NETWORKS)("draws the refiner's controls as PyTorch does, within 1e-3: %s, %s", async (tier, network) => {
    const golden = readGolden(tier, network);
    const before = backend.tf.memory().numTensors;
    const { vector, head, controls } = await runRefiner(backend, tier, network, golden);
    expect(backend.tf.memory().numTensors).toBe(before);
    const received = {
      vector,
      head,
      residual: channels(controls.tones, 6, 0, 3),
      gain: channels(controls.tones, 6, 3, 6),
      alpha: channels(controls.masks, 3, 0, 1),
      back: channels(controls.masks, 3, 1, 2),
      choice: channels(controls.masks, 3, 2, 3),
    };
    for (const [name, values] of Object.entries(received)) {
      const expected = golden[name as keyof typeof received];
      expect([name, values.length]).toEqual([name, expected.length]);
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
      // A NaN would pass for a small number.
      expect([name, worst < 1e-3]).toEqual([name, true]);
      // Only eyes take the driver's pixels themselves.
      if (network === 'eye' || name !== 'choice') expect(new Set(expected).size).toBeGreaterThan(1);
    }
  });

  it('computes the gradients of fine-tuning as plain JavaScript does, for every weight', async () => {
    const { loss, gradients } = await differentiateOn(name, weights);
    expect(loss).toBeCloseTo(expectedGradients.loss, 4);
    for (const [parameter, expected] of expectedGradients.gradients) {
      const received = gradients.get(parameter)!;
      const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - received[i]!)), 0);
      expect(size, parameter).toBeGreaterThan(0);
      expect(worst / size < 1e-3, `${parameter}: ${worst / size}`).toBe(true); // A NaN would pass for a small number.
    }
  });

  it('keeps no tensor from frame to frame, nor after dispose', async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const { rows, cols } = NETWORK_REGIONS.mouth[0]!;
    const standard = await loadWeights('standard', backend);
    const network = new RegionNetwork(backend, (name) => standard.get(`mouth.${name}`), { rows, cols }, 1, [new Float32Array(rows * cols * 3).fill(0.5)]);
    const frame = (level: number) => new Float32Array((rows * cols * PACKED_CHANNELS) / 4).fill(level);
    const first = await network.run(frame(0.1));
    const during = tf.memory().numTensors;
    for (let k = 2; k <= 5; k++) {
      expect(await network.run(frame(k / 10))).not.toEqual(first);
      expect(tf.memory().numTensors).toBe(during);
    }
    network.dispose();
    standard.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('can be closed and chosen again', async () => {
    const second = await chooseBackend(name);
    await second.close();
    expect((await read(() => backend.tf.add(backend.tf.scalar(1), backend.tf.scalar(2)))).at(0)).toBe(3);
    await backend.close();
    await backend.close();
    backend = await chooseBackend(name);
    expect((await read(() => backend.tf.add(backend.tf.scalar(3), backend.tf.scalar(4)))).at(0)).toBe(7);
  });
}

/** Channels `from` to `to` of interleaved values. */
function channels(values: Float32Array, stride: number, from: number, to: number): Float32Array {
  return values.filter((_, i) => i % stride >= from && i % stride < to);
}

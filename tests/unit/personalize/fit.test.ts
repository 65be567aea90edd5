import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { sitterCrop } from '#dist/generator/refiner/crops.js';
import { sitterVector } from '#dist/generator/refiner/embed.js';
import { REFINER_REGIONS } from '#dist/generator/refiner/regions.js';
import { loadWeights, type Weights } from '#dist/generator/tensor/weights.js';
import { fitSitter, type SitterFit } from '#dist/personalize/fit.js';
import { readParameters } from '#dist/personalize/parameters.js';
import type { TrainerState } from '#dist/personalize/trainer.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRandomWeights } from '../generator/refiner/random-weights.js';
import { photo } from './nobody.js';

/** All but the canvas are darker, by less than what is matched: there is something to learn. */
const PHOTOS = [{ open: 0.3 }, { open: 0.1 }, { open: 0.4, gaze: 0.8 }].map((face, k) => {
  const own = photo({ ...face, scale: 60, centre: [150, 150] }, 300, 300);
  return { ...own, frame: { ...own.frame, data: own.frame.data.map((value) => value * (k === 0 ? 1 : 0.87)) } };
});
const SCHEDULE = { steps: 24, rate: 1e-3, warmup: 4, checkEvery: 6 };

let directory: string;
let backend: TensorBackend;
let weights: Weights;
let fit: SitterFit;
let last: (() => TrainerState) | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vivant-fit-'));
  await writeRandomWeights(directory, (name, values) => /^(mouth|eye)\.out\./.test(name) && values.fill(0));
  backend = await chooseBackend('wasm');
  weights = await loadWeights('standard', backend, { directory });
  fit = await fitSitter({ photos: PHOTOS, weights, backend, schedule: SCHEDULE, worthwhile: 1, onStep: ({ state }) => void (last = state) });
});
afterAll(async () => {
  weights.dispose();
  await backend.close();
  await rm(directory, { recursive: true, force: true });
});

/** What the embedder says of each photo's crops, averaged. */
async function mean(network: 'mouth' | 'eye'): Promise<number[]> {
  const regions = REFINER_REGIONS.filter((region) => region.network === network);
  const vectors = regions.flatMap((region) => PHOTOS.map((each) => sitterVector(backend.tf, (name) => weights.get(`${network}.${name}`), [sitterCrop(region, each)], region.rows, region.cols)));
  const values = await Promise.all(vectors.map((vector) => vector.data()));
  backend.tf.dispose(vectors);
  return [...values[0]!].map((_, i) => values.reduce((sum, vector) => sum + vector[i]!, 0) / values.length);
}

/** What a finished training that ended with `bestValues` is made into. */
async function fitOf(bestValues: Float32Array, before: number, worthwhile = 1) {
  const zeros = new Float32Array(bestValues.length);
  const arrays = { values: zeros, average: zeros, bestValues, mean: zeros, square: zeros };
  return fitSitter({ photos: PHOTOS, weights, backend, schedule: SCHEDULE, worthwhile, resume: { step: 24, done: true, misses: 0, before, best: 0, bestStep: 18, arrays } });
}

describe('what is learnt of a sitter', () => {
  it('lies a third of the way from the parameters that ship to the best ones of training, and was measured there', async () => {
    const { adapter, gain } = fit;
    const { arrays, before, best, bestStep } = last!();
    expect(gain).toMatchObject({ before, steps: bestStep });
    expect(bestStep).toBeGreaterThan(0);
    expect(gain.after).toBeLessThan(before);

    const { slots, values: home } = await readParameters(weights, 'eye', Float32Array.from(await mean('eye')));
    const changes = new Map(adapter.changes.map(({ name, values }) => [name, values]));
    let moved = 0;
    for (const { name, offset, size } of slots) {
      const own = (i: number): number => home[offset + i]!;
      const written = name === 'vector' ? adapter.vectors.eye.map((value, i) => value - own(i)) : changes.get(`eye.${name}`)!;
      expect(written.length).toBe(size);
      written.forEach((value, i) => expect(value).toBeCloseTo((arrays.bestValues[offset + i]! - own(i)) / 3, 6));
      moved = Math.max(moved, ...written.map(Math.abs));
    }
    expect(moved).toBeGreaterThan(1e-4);
    expect(changes.size).toBe(slots.length - 1);

    // A third of three times the change is the change, whose error the trainer knows.
    const { gain: thrice } = await fitOf(home.map((value, i) => 3 * arrays.bestValues[i]! - 2 * value), before);
    expect(before - best).toBeGreaterThan(1e-4);
    expect(thrice.after).toBeCloseTo(best, 5);
  });

  it('leaves the mouth to the weights that ship, and tells it what all photos say', async () => {
    const { adapter } = fit;
    expect(adapter.changes.filter(({ name }) => !name.startsWith('eye.'))).toEqual([]);
    (await mean('mouth')).forEach((value, i) => expect(adapter.vectors.mouth[i]).toBeCloseTo(value, 5));
  });

  it('is nothing where it is hardly better on the checks', async () => {
    const { arrays, before } = last!();
    expect(fit.gain.after).toBeGreaterThan(0.99 * before);
    const { adapter, gain } = await fitOf(arrays.bestValues, before, 0.99);
    expect(gain).toEqual({ before, after: before, steps: 0 });
    expect(adapter.changes).toEqual([]);
  });

  it('is nothing where a third of it is no better on the checks, even if all of it was', async () => {
    const vector = Float32Array.from(await mean('eye'));
    const { values } = await readParameters(weights, 'eye', vector);
    const { adapter, gain } = await fitOf(values.map((value) => value + 0.01), 1e-6);
    expect(gain).toEqual({ before: 1e-6, after: 1e-6, steps: 0 });
    expect(adapter.changes).toEqual([]);
    vector.forEach((value, i) => expect(adapter.vectors.eye[i]).toBeCloseTo(value, 5));
  });
});

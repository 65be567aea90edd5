import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { REFINER_REGIONS } from '#dist/generator/refiner/regions.js';
import { loadWeights } from '#dist/generator/tensor/weights.js';
import { Checkpoint } from '#dist/personalize/checkpoint.js';
import type { Exercise } from '#dist/personalize/exercises.js';
import { enableTraining } from '#dist/personalize/gradients/register.js';
import { createFilters, type ObjectiveFilters } from '#dist/personalize/objective.js';
import { readParameters } from '#dist/personalize/parameters.js';
import { Trainer, type Schedule } from '#dist/personalize/trainer.js';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRandomWeights } from '../generator/refiner/random-weights.js';

const SCHEDULE: Schedule = { steps: 24, batch: 2, rate: 3e-3, warmup: 4, pull: 0, average: 0.5, checkEvery: 6, patience: 9, share: () => 1 };
const [REGION] = REFINER_REGIONS.filter(({ network }) => network === 'eye').map((region) => ({ ...region, rows: 16, cols: 16 })) as [(typeof REFINER_REGIONS)[number]];

/** A crop of waves whose answer is the draft in another light. */
function exercise(seed: number, light: (value: number) => number): Exercise {
  const n = REGION.rows * REGION.cols;
  const crop = Float32Array.from({ length: n * CROP_CHANNELS }, (_, i) => 0.5 + 0.3 * Math.sin(seed + i / 7));
  const answer = new Float32Array(n * 3);
  for (let i = 0; i < n; i++) for (let k = 0; k < 3; k++) answer[i * 3 + k] = light(crop[i * CROP_CHANNELS + CHANNEL.draft + k]!);
  return { region: REGION, driven: false, crop, answer };
}

let directory: string;
let backend: TensorBackend;
let filters: ObjectiveFilters;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vivant-trainer-'));
  await writeRandomWeights(directory, (name, values) => name.includes('out.') && values.fill(0));
  backend = await chooseBackend('wasm');
  enableTraining(backend);
  filters = createFilters(backend.tf);
});
afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true, force: true });
});

const darker = [1, 2, 3].map((seed) => exercise(seed, (value) => value * 0.6));
async function trainer({ checks = [exercise(9, (value) => value * 0.6)], schedule = SCHEDULE }: { checks?: Exercise[]; schedule?: Schedule } = {}) {
  const weights = await loadWeights('standard', backend, { directory });
  const parameters = await readParameters(weights, 'eye', new Float32Array(24).fill(0.1));
  weights.dispose();
  return new Trainer(backend, filters, parameters, darker, checks, schedule, 3);
}

describe('a trainer', () => {
  it('learns a light that all answers share, and leaves no tensor behind', async () => {
    const learner = await trainer();
    const before = backend.tf.memory().numTensors;
    while (!learner.done) await learner.advance();
    const { before: first, steps, values, home } = learner.result;
    expect(await learner.measure(home)).toBeCloseTo(first, 6);
    expect(await learner.measure(values)).toBeLessThan(0.8 * first);
    expect(steps).toBeGreaterThan(0);
    expect(values).not.toEqual(home);
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it('ends with what it began with when the checks get worse', async () => {
    const learner = await trainer({ checks: [exercise(9, (value) => value)], schedule: { ...SCHEDULE, patience: 2 } });
    while (!learner.done) await learner.advance();
    const { steps, values, home } = learner.result;
    expect(learner.step).toBeLessThan(SCHEDULE.steps);
    expect(steps).toBe(0);
    expect(values).toEqual(home);
  });

  it('goes on from a checkpoint as if it had never stopped', async () => {
    const unbroken = await trainer();
    for (let k = 0; k < 9; k++) await unbroken.advance();
    const folder = await mkdtemp(join(tmpdir(), 'vivant-checkpoint-'));
    try {
      const output = join(folder, 'a.vivant');
      const checkpoint = new Checkpoint(output, 'f'.repeat(64));
      expect(await checkpoint.load()).toBeUndefined();
      await checkpoint.save(unbroken.save());
      expect(await new Checkpoint(output, '0'.repeat(64)).load()).toBeUndefined();
      const [name] = await readdir(folder);
      expect(name).toBe('.a.vivant.ffffffffffffffff.resume');

      const resumed = await trainer();
      resumed.restore((await checkpoint.load())!);
      for (const learner of [unbroken, resumed]) while (!learner.done) await learner.advance();
      expect(resumed.result).toEqual(unbroken.result);

      const bytes = await readFile(join(folder, name!));
      await writeFile(join(folder, name!), bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)));
      expect(await checkpoint.load()).toBeUndefined();
      await writeFile(join(folder, name!), bytes.subarray(0, 900));
      expect(await checkpoint.load()).toBeUndefined();
      await writeFile(join(folder, '.a.vivant.other'), '');
      await checkpoint.clear();
      expect(await readdir(folder)).toEqual(['.a.vivant.other']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

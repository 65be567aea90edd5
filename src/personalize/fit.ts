import type { SourcePhoto } from '../core/ports.js';
import { sitterCrop } from '../generator/refiner/crops.js';
import { sitterVector } from '../generator/refiner/embed.js';
import { REFINER_REGIONS, type RefinerNetwork } from '../generator/refiner/regions.js';
import type { SitterAdapter } from '../generator/sitter/adapter.js';
import type { TensorBackend } from '../generator/tensor/types.js';
import type { Weights } from '../generator/tensor/weights.js';
import { drawDisguise } from './disguise.js';
import { drawLesson, type Classroom, type Exercise } from './exercises.js';
import { enableTraining } from './gradients/register.js';
import { createFilters } from './objective.js';
import { VECTOR, readParameters, type ParameterSlot } from './parameters.js';
import { planLessons, type Lesson } from './plan.js';
import { Dice } from './random.js';
import { nearestToRest, unlikeFirst } from './resemblance.js';
import { Trainer, type Schedule, type TrainerState } from './trainer.js';

/**
 * Mixing coefficient of WiSE-FT (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"): what is written lies a third of the way from
 * the parameters that ship to fine-tuned ones. On clips that neither saw it is better than either (docs/personalize.md).
 */
const MIX = 1 / 3;

/** Smaller gains on photos kept aside were losses on real clips (docs/personalize.md). */
const WORTHWHILE = 0.99;

/** What the network gained, as its checks say: mean absolute error where it counts, 0..1. */
export interface Gain {
  /** With the weights as they ship and the mean vector of the photos. */
  readonly before: number;
  /** With what is written. */
  readonly after: number;
  /** Steps of fine-tuning behind it; 0 = it hardly helped, and nothing was changed. */
  readonly steps: number;
}

/** A fine-tuned sitter. */
export interface SitterFit {
  readonly adapter: SitterAdapter;
  readonly gain: Gain;
  /** Pairs of photos that were learnt from, and those that only checked. */
  readonly lessons: number;
  readonly checks: number;
}

export interface FitOptions {
  /** The first one is the canvas. At least one. */
  readonly photos: readonly SourcePhoto[];
  /** As they ship; stay owned by the caller. */
  readonly weights: Weights;
  readonly backend: TensorBackend;
  readonly seed?: number;
  /** Changes of the default schedule. */
  readonly schedule?: Partial<Schedule>;
  /** Share of the error on photos kept aside that may be left for the change to be kept. Default 0.99. */
  readonly worthwhile?: number;
  /** Where to go on. */
  readonly resume?: TrainerState | undefined;
  /** Called between steps: may throw to stop, may save. */
  readonly onStep?: (moment: FitMoment) => Promise<void> | void;
}

/** Where the work is. */
export interface FitMoment {
  readonly stage: 'pairs' | 'train';
  readonly done: number;
  readonly of: number;
  /** A copy of everything; `undefined` before training. */
  readonly state: (() => TrainerState) | undefined;
}

/** What the sitter's vector does to the network may change faster than what it does for everybody. */
const share = (name: string): number => (name === VECTOR || name.startsWith('styles.') ? 8 : name.startsWith('soften.') ? 0 : 1);

const SCHEDULE: Schedule = { steps: 300, batch: 2, rate: 5e-4, warmup: 20, pull: 0.02, average: 0.95, checkEvery: 20, patience: 5, share };

/** Fine-tunes the refiner's network of the eyes on photos of one person; that of the mouth is only told of them. */
export async function fitSitter({ photos, weights, backend, seed = 1, schedule: changes, worthwhile = WORTHWHILE, resume, onStep }: FitOptions): Promise<SitterFit> {
  const schedule = { ...SCHEDULE, ...changes };
  const states = photos.map(({ state }) => state);
  const plan = planLessons(photos.length, unlikeFirst(states), seed);
  const classroom: Classroom = { photos, rest: nearestToRest(states) };
  let drawn = 0;
  const of = plan.lessons.length + plan.checks.length;
  const draw = async (lessons: readonly Lesson[]): Promise<Exercise[]> => {
    const all: Exercise[] = [];
    for (const lesson of lessons) {
      await onStep?.({ stage: 'pairs', done: drawn, of, state: undefined });
      const dice = new Dice(seed, -2 - drawn);
      all.push(...(await drawLesson(classroom, lesson, drawDisguise(dice), dice)));
      drawn += 1;
    }
    return all;
  };
  const lessons = await draw(plan.lessons);
  const checks = await draw(plan.checks);

  enableTraining(backend);
  backend.activate();
  const filters = createFilters(backend.tf);
  try {
    const vectors = { mouth: await meanVector(photos, weights, 'mouth', backend), eye: await meanVector(photos, weights, 'eye', backend) };
    const parameters = await readParameters(weights, 'eye', vectors.eye);
    const trainer = new Trainer(backend, filters, parameters, lessons, checks, schedule, seed);
    if (resume) trainer.restore(resume);
    while (!trainer.done) {
      await trainer.advance();
      await onStep?.({ stage: 'train', done: trainer.step, of: schedule.steps, state: () => trainer.save() });
    }
    const { gain, change } = await mix(trainer, worthwhile);
    const { name, version, files } = weights.manifest;
    const base = { name, version, sha256: files[0]!.sha256 };
    return { adapter: { base, ...changed(vectors, parameters.slots, change) }, gain, lessons: plan.lessons.length, checks: plan.checks.length };
  } finally {
    backend.tf.dispose([filters.enlarge, filters.difference]);
  }
}

async function meanVector(photos: readonly SourcePhoto[], weights: Weights, network: RefinerNetwork, backend: TensorBackend): Promise<Float32Array> {
  const regions = REFINER_REGIONS.filter((region) => region.network === network);
  const crops = regions.flatMap((region) => photos.map((photo) => sitterCrop(region, photo)));
  backend.activate();
  const vector = sitterVector(backend.tf, (name) => weights.get(`${network}.${name}`), crops, regions[0]!.rows, regions[0]!.cols);
  const values = (await vector.data()) as Float32Array;
  vector.dispose();
  return values.slice();
}

/** What is added to the parameters that ship, `[n]`, and what that brings; no change where it is hardly better on the checks. */
async function mix(trainer: Trainer, worthwhile: number): Promise<{ readonly gain: Gain; readonly change?: Float32Array }> {
  const { values, home, before, steps } = trainer.result;
  const change = home.map((value, i) => MIX * (values[i]! - value));
  const after = steps > 0 ? await trainer.measure(home.map((value, i) => value + change[i]!)) : before;
  return after < worthwhile * before ? { gain: { before, after, steps }, change } : { gain: { before, after: before, steps: 0 } };
}

function changed(vectors: SitterAdapter['vectors'], slots: readonly ParameterSlot[], change: Float32Array | undefined): Omit<SitterAdapter, 'base'> {
  if (!change) return { vectors, changes: [] };
  const parts = slots.map(({ name, shape, offset, size }) => ({ name, shape, values: change.slice(offset, offset + size) }));
  const { values } = parts.find(({ name }) => name === VECTOR)!;
  return {
    vectors: { ...vectors, eye: vectors.eye.map((value, i) => value + values[i]!) },
    changes: parts.filter(({ name }) => name !== VECTOR).map(({ name, ...part }) => ({ name: `eye.${name}`, ...part })),
  };
}

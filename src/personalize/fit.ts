import type { SourcePhoto } from '../core/ports.js';
import type { TeethAtlas } from '../generator/mouth/teeth-atlas.js';
import { sitterCrop } from '../generator/refiner/crops.js';
import { sitterVector } from '../generator/refiner/embed.js';
import { REFINER_REGIONS, type RefinerNetwork } from '../generator/refiner/regions.js';
import type { SitterAdapter, WeightChange } from '../generator/sitter/adapter.js';
import type { TensorBackend } from '../generator/tensor/types.js';
import type { Weights } from '../generator/tensor/weights.js';
import { drawDisguise } from './disguise.js';
import { drawLesson, type Classroom, type Exercise } from './exercises.js';
import { enableTraining } from './gradients/register.js';
import { createFilters } from './objective.js';
import { VECTOR, readParameters, type Parameters } from './parameters.js';
import { planLessons, type Lesson } from './plan.js';
import { Dice } from './random.js';
import { nearestToRest, unlikeFirst } from './resemblance.js';
import { Trainer, type Schedule, type TrainerState } from './trainer.js';

const NETWORKS: readonly RefinerNetwork[] = ['mouth', 'eye'];

/** What each network gained, as its checks say: mean absolute error where it counts, 0..1. */
export interface Gain {
  /** With the weights as they ship and the mean vector of the photos. */
  readonly before: number;
  readonly after: number;
  /** Steps after which it was best; 0 = fine-tuning did not help, and nothing was changed. */
  readonly steps: number;
}

/** A fine-tuned sitter. */
export interface SitterFit {
  readonly adapter: SitterAdapter;
  readonly gains: Readonly<Record<RefinerNetwork, Gain>>;
  /** Pairs of photos that were learnt from, and those that only checked. */
  readonly lessons: number;
  readonly checks: number;
}

/** States of the trainers, by network. */
export type FitState = Readonly<Record<RefinerNetwork, TrainerState>>;

export interface FitOptions {
  /** The first one is the canvas. At least one. */
  readonly photos: readonly SourcePhoto[];
  /** As they ship; stay owned by the caller. */
  readonly weights: Weights;
  readonly backend: TensorBackend;
  readonly teeth?: TeethAtlas | undefined;
  readonly seed?: number;
  /** Changes of the default schedule. */
  readonly schedule?: Partial<Schedule>;
  /** Where to go on. */
  readonly resume?: FitState | undefined;
  /** Called between steps: may throw to stop, may save. */
  readonly onStep?: (moment: FitMoment) => Promise<void> | void;
}

/** Where the work is. */
export interface FitMoment {
  readonly stage: 'pairs' | 'train';
  readonly done: number;
  readonly of: number;
  /** A copy of everything; `undefined` before training. */
  readonly state: (() => FitState) | undefined;
}

/** What the sitter's vector does to the networks may change faster than what they do for everybody. */
const share = (name: string): number => (name === VECTOR || name.startsWith('styles.') ? 8 : name.startsWith('soften.') ? 0 : 1);

const SCHEDULE: Schedule = { steps: 300, batch: 2, rate: 5e-4, warmup: 20, pull: 0.02, average: 0.95, checkEvery: 20, patience: 5, share };

/** Fine-tunes both networks of the refiner on photos of one person. */
export async function fitSitter({ photos, weights, backend, teeth, seed = 1, schedule: changes, resume, onStep }: FitOptions): Promise<SitterFit> {
  const schedule = { ...SCHEDULE, ...changes };
  const states = photos.map(({ state }) => state);
  const plan = planLessons(photos.length, unlikeFirst(states), seed);
  const classroom: Classroom = { photos, teeth, rest: nearestToRest(states) };
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
  const forNetwork = (list: readonly Exercise[], network: RefinerNetwork): Exercise[] => list.filter(({ region }) => region.network === network);
  const learners = {} as Record<RefinerNetwork, { readonly parameters: Parameters; readonly trainer: Trainer }>;
  try {
    for (const network of NETWORKS) {
      const parameters = await readParameters(weights, network, await meanVector(photos, weights, network, backend));
      const trainer = new Trainer(backend, filters, parameters, forNetwork(lessons, network), forNetwork(checks, network), schedule, seed);
      if (resume) trainer.restore(resume[network]);
      learners[network] = { parameters, trainer };
    }
    const trainers = NETWORKS.map((network) => learners[network].trainer);
    const state = (): FitState => ({ mouth: learners.mouth.trainer.save(), eye: learners.eye.trainer.save() });
    while (trainers.some(({ done }) => !done)) {
      for (const trainer of trainers) await trainer.advance();
      await onStep?.({ stage: 'train', done: Math.max(...trainers.map(({ step }) => step)), of: schedule.steps, state });
    }
  } finally {
    backend.tf.dispose([filters.enlarge, filters.difference]);
  }
  const gain = (network: RefinerNetwork): Gain => {
    const { before, after, steps } = learners[network].trainer.result;
    return { before, after, steps };
  };
  return {
    adapter: adapterOf(learners, weights),
    gains: { mouth: gain('mouth'), eye: gain('eye') },
    lessons: plan.lessons.length,
    checks: plan.checks.length,
  };
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

function adapterOf(learners: Readonly<Record<RefinerNetwork, { readonly parameters: Parameters; readonly trainer: Trainer }>>, { manifest }: Weights): SitterAdapter {
  const vectors = {} as Record<RefinerNetwork, Float32Array>;
  const changes: WeightChange[] = [];
  for (const network of NETWORKS) {
    const { parameters, trainer } = learners[network];
    const { values, home, steps } = trainer.result;
    for (const { name, shape, offset, size } of parameters.slots) {
      const part = values.slice(offset, offset + size);
      if (name === VECTOR) vectors[network] = part;
      else if (steps > 0) changes.push({ name: `${network}.${name}`, shape, values: part.map((value, i) => value - home[offset + i]!) });
    }
  }
  return { base: { name: manifest.name, version: manifest.version, sha256: manifest.files[0]!.sha256 }, vectors, changes };
}

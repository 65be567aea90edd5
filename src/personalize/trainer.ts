import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorBackend } from '../generator/tensor/types.js';
import { unpackPictures } from './batches.js';
import { adamStep, clipGradient, createMoments } from './adam.js';
import { packBatch } from './batches.js';
import type { Exercise } from './exercises.js';
import { drawCrop, errorsOf, objective, type ObjectiveFilters } from './objective.js';
import { byName, parameterTensors, type Parameters } from './parameters.js';
import { Dice } from './random.js';

/** How a network learns. */
export interface Schedule {
  /** At most. */
  readonly steps: number;
  /** Crops a step. */
  readonly batch: number;
  /** Of Adam at the start; falls to a tenth along half a cosine. */
  readonly rate: number;
  /** Steps over which the rate rises first. */
  readonly warmup: number;
  /** How strongly weights are drawn back to where they came from. */
  readonly pull: number;
  /** Share of the running mean of weights that a step keeps. */
  readonly average: number;
  /** Steps between checks. */
  readonly checkEvery: number;
  /** Factor on the rate of each tensor, by name; 0 = it doesn't learn. */
  readonly share: (name: string) => number;
  /** Checks without a better result until the network stops. */
  readonly patience: number;
}

/** Longest gradient that is followed as it is. */
const CLIP = 1;

/** All that a trainer would need to go on elsewhere. */
export interface TrainerState {
  readonly step: number;
  readonly done: boolean;
  readonly misses: number;
  /** Error of the checks before the first step, and the least one since; mean absolute, 0..1. */
  readonly before: number;
  readonly best: number;
  readonly bestStep: number;
  /** `[n]` each. */
  readonly arrays: Readonly<Record<'values' | 'average' | 'bestValues' | 'mean' | 'square', Float32Array>>;
}

/** Fine-tunes one network. What it ends with is never worse on the checks than what it began with. */
export class Trainer {
  readonly #home: Float32Array;
  readonly #moments;
  #average: Float32Array;
  #bestValues: Float32Array;
  #step = 0;
  #done = false;
  #preserved = false;
  #misses = 0;
  #before = Infinity;
  #best = Infinity;
  #bestStep = 0;

  /**
   * @param parameters - change in place.
   * @param seed - two trainers of one seed and the same exercises learn the same.
   */
  constructor(
    private readonly backend: TensorBackend,
    private readonly filters: ObjectiveFilters,
    private readonly parameters: Parameters,
    private exercises: readonly Exercise[],
    private readonly checks: readonly Exercise[],
    private readonly schedule: Schedule,
    private readonly seed: number,
  ) {
    const { values } = parameters;
    this.#home = values.slice();
    this.#average = values.slice();
    this.#bestValues = values.slice();
    this.#moments = createMoments(values.length);
  }

  get done(): boolean {
    return this.#done;
  }

  get step(): number {
    return this.#step;
  }

  /** The best parameters so far and where they came from, `[n]` each; the error of the latter; steps between the two. */
  get result(): { readonly values: Float32Array; readonly home: Float32Array; readonly before: number; readonly steps: number } {
    return { values: this.#bestValues, home: this.#home, before: this.#before, steps: this.#bestStep };
  }

  /** One step; now and then a check, which may be the last. */
  async advance(): Promise<void> {
    if (this.#done) return;
    const { steps, checkEvery } = this.schedule;
    this.exercises = await this.#preserve(this.exercises);
    if (this.#step === 0) await this.#check();
    await this.#learn();
    this.#step += 1;
    if (this.#step % checkEvery === 0 || this.#step === steps) await this.#check();
    if (this.#step >= steps) this.#done = true;
  }

  /** A copy. */
  save(): TrainerState {
    return {
      step: this.#step, done: this.#done, misses: this.#misses, before: this.#before, best: this.#best, bestStep: this.#bestStep,
      arrays: {
        values: this.parameters.values.slice(), average: this.#average.slice(), bestValues: this.#bestValues.slice(),
        mean: this.#moments.mean.slice(), square: this.#moments.square.slice(),
      },
    };
  }

  /** Goes on where a trainer of the same exercises and schedule was saved. */
  restore({ arrays, ...numbers }: TrainerState): void {
    this.parameters.values.set(arrays.values);
    this.#average.set(arrays.average);
    this.#bestValues.set(arrays.bestValues);
    this.#moments.mean.set(arrays.mean);
    this.#moments.square.set(arrays.square);
    [this.#step, this.#done, this.#misses] = [numbers.step, numbers.done, numbers.misses];
    [this.#before, this.#best, this.#bestStep] = [numbers.before, numbers.best, numbers.bestStep];
  }

  /**
   * With a driver's pixels, the network shall go on doing what it did: here the driver is the sitter in disguise, and learning from
   * that would mean learning to copy drivers.
   */
  async #preserve(exercises: readonly Exercise[]): Promise<readonly Exercise[]> {
    if (this.#preserved) return exercises;
    this.#preserved = true;
    const { backend, parameters } = this;
    const { tf } = backend;
    backend.activate();
    const tensors = parameterTensors(tf, { slots: parameters.slots, values: this.#home });
    const { weights, vector } = byName(parameters.slots, tensors);
    const out: Exercise[] = [];
    for (const exercise of exercises) {
      if (!exercise.driven) {
        out.push(exercise);
        continue;
      }
      backend.activate();
      const packed = packBatch(tf, [exercise]);
      const image = tf.tidy(() => drawCrop(tf, weights, vector, packed, this.filters).image);
      const [answer] = unpackPictures((await image.data()) as Float32Array, exercise.region.rows, exercise.region.cols);
      tf.dispose([image, ...Object.values(packed)]);
      out.push({ ...exercise, answer: answer! });
    }
    tf.dispose(tensors);
    return out;
  }

  async #learn(): Promise<void> {
    const { parameters, backend } = this;
    const { batch, pull, average } = this.schedule;
    const dice = new Dice(this.seed, this.#step);
    const chosen = Array.from({ length: batch }, () => dice.pick(this.exercises));
    backend.activate();
    const { tf } = backend;
    const packed = packBatch(tf, chosen, dice);
    const tensors = parameterTensors(tf, parameters);
    const shares = parameters.slots.map(({ name }) => this.schedule.share(name));
    const { value, grads } = tf.valueAndGrads((...learning: Tensor[]) => {
      let next = 0;
      const { weights, vector } = byName(parameters.slots, tensors.map((tensor, k) => (shares[k]! > 0 ? learning[next++]! : tensor)));
      return objective(tf, weights, vector, packed, this.filters);
    })(tensors.filter((_, k) => shares[k]! > 0));
    const gradient = new Float32Array(parameters.values.length);
    const parts = await Promise.all(grads.map((grad) => grad.data()));
    tf.dispose([value, ...grads, ...tensors, ...Object.values(packed)]);
    parameters.slots.filter((_, k) => shares[k]! > 0).forEach(({ offset }, k) => gradient.set(parts[k]!, offset));
    clipGradient(gradient, CLIP);
    parameters.slots.forEach(({ offset, size }, k) => {
      if (shares[k]! > 0) adamStep(parameters.values, gradient, this.#moments, [offset, offset + size], this.#step + 1, this.#rate() * shares[k]!, this.#home, pull);
    });
    for (let i = 0; i < gradient.length; i++) this.#average[i] = average * this.#average[i]! + (1 - average) * parameters.values[i]!;
  }

  #rate(): number {
    const { rate, warmup, steps } = this.schedule;
    const t = Math.max(0, this.#step - warmup) / Math.max(1, steps - warmup);
    return rate * Math.min(1, (this.#step + 1) / warmup) * (0.1 + 0.9 * 0.5 * (1 + Math.cos(Math.PI * t)));
  }

  async #check(): Promise<void> {
    const error = await this.measure(this.#average);
    if (this.#step === 0) this.#before = this.#best = error;
    if (this.#step === 0 || this.#step < this.schedule.warmup) return;
    if (error < this.#best) {
      [this.#best, this.#bestStep, this.#misses] = [error, this.#step, 0];
      this.#bestValues.set(this.#average);
    } else {
      this.#misses += 1;
      if (this.#misses >= this.schedule.patience) this.#done = true;
    }
  }

  /** Mean absolute error over all checks with these parameters, `[n]`. */
  async measure(values: Float32Array): Promise<number> {
    const { backend, parameters, checks } = this;
    const { tf } = backend;
    backend.activate();
    const tensors = parameterTensors(tf, { slots: parameters.slots, values });
    const { weights, vector } = byName(parameters.slots, tensors);
    let sum = 0;
    for (let k = 0; k < checks.length; k += this.schedule.batch) {
      backend.activate();
      const packed = packBatch(tf, checks.slice(k, k + this.schedule.batch));
      const errors = tf.tidy(() => errorsOf(tf, weights, vector, packed, this.filters));
      for (const error of await errors.data()) sum += error;
      tf.dispose([errors, ...Object.values(packed)]);
    }
    tf.dispose(tensors);
    return sum / checks.length;
  }
}

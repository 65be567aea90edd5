import type { StageSeconds } from '../animator/stage-clock.js';

/** The stages of personalizing, one after the other. */
export const PERSONALIZE_STAGES = ['read', 'pairs', 'train', 'write'] as const;
type Stage = (typeof PERSONALIZE_STAGES)[number];

/** Where {@link personalize} is. @public */
export interface PersonalizeProgress {
  /** `read`: photos and models. `pairs`: the photos are drawn posed as each other. `train`: the network learns. `write`: the file. */
  readonly stage: 'read' | 'pairs' | 'train' | 'write';
  /** Photos, pairs or steps so far. */
  readonly done: number;
  /** In this stage, at most: training stops earlier when it helps no more. */
  readonly of: number;
  /** Seconds until the stage ends at the latest; `undefined` when unknown. */
  readonly secondsLeft: number | undefined;
}

/** Adds the time that is left, and keeps the time that each stage took. */
export class PersonalizeMeter {
  #stage: Stage | undefined;
  readonly #took: Record<Stage, number> = { read: 0, pairs: 0, train: 0, write: 0 };
  #began = 0;
  #first = 0;

  constructor(
    private readonly listener: ((progress: PersonalizeProgress) => void) | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(stage: PersonalizeProgress['stage'], done: number, of: number): void {
    if (stage !== this.#stage) {
      this.#end();
      [this.#stage, this.#began, this.#first] = [stage, this.now(), done];
    }
    const seconds = (this.now() - this.#began) / 1000;
    const secondsLeft = done > this.#first ? (seconds / (done - this.#first)) * (of - done) : undefined;
    this.listener?.({ stage, done, of, secondsLeft });
  }

  /** Ends the last stage, and says what each of them took. */
  stages(): Readonly<Record<Stage, StageSeconds>> {
    this.#end();
    this.#stage = undefined;
    return Object.fromEntries(PERSONALIZE_STAGES.map((stage) => [stage, { seconds: Number((this.#took[stage] / 1000).toFixed(3)) }])) as Record<Stage, StageSeconds>;
  }

  #end(): void {
    if (this.#stage !== undefined) this.#took[this.#stage] += this.now() - this.#began;
  }
}

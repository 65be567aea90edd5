/** Where {@link personalize} is. @public */
export interface PersonalizeProgress {
  /** `read`: photos and models. `pairs`: the photos are drawn posed as each other. `train`: the networks learn. `write`: the file. */
  readonly stage: 'read' | 'pairs' | 'train' | 'write';
  /** Photos, pairs or steps so far. */
  readonly done: number;
  /** In this stage, at most: training stops earlier when it helps no more. */
  readonly of: number;
  /** Seconds until the stage ends at the latest; `undefined` when unknown. */
  readonly secondsLeft: number | undefined;
}

/** Adds the time that is left. */
export class PersonalizeMeter {
  #stage: PersonalizeProgress['stage'] | undefined;
  #began = 0;
  #first = 0;

  constructor(
    private readonly listener: ((progress: PersonalizeProgress) => void) | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  show(stage: PersonalizeProgress['stage'], done: number, of: number): void {
    if (stage !== this.#stage) [this.#stage, this.#began, this.#first] = [stage, this.now(), done];
    const seconds = (this.now() - this.#began) / 1000;
    const secondsLeft = done > this.#first ? (seconds / (done - this.#first)) * (of - done) : undefined;
    this.listener?.({ stage, done, of, secondsLeft });
  }
}

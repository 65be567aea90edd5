/** Stages that a report times, in the order of the flow. */
export const TIMED_STAGES = ['decode', 'landmarks', 'motion', 'generate', 'mark', 'encode', 'sign'] as const;
/** The stages of reading a driver. */
export const READ_STAGES = ['decode', 'landmarks'] as const satisfies readonly (typeof TIMED_STAGES)[number][];
/** The stages of looking for faces in a picture. */
export const FACES_STAGES = ['read', 'detect', 'write'] as const;
/** A stage that a report times. @public */
export type TimedStage = (typeof TIMED_STAGES)[number];

/** Time of one stage. Stages overlap, so their sum can exceed the run's time. @public */
export interface StageTime {
  /** Seconds in all, waiting included. */
  readonly seconds: number;
  /** Milliseconds a frame of the result. */
  readonly perFrameMs: number;
}

interface Tally {
  total: number;
  running: number;
  since: number;
}

/** Time of one stage of work that isn't counted in frames. @public */
export interface StageSeconds {
  /** Seconds in all, waiting included. */
  readonly seconds: number;
}

/** Adds up how long each stage had work in progress; work of one stage that overlaps is counted once. */
export class StageClock<S extends string = TimedStage> {
  private readonly tallies: Record<S, Tally>;

  constructor(private readonly stages: readonly S[]) {
    this.tallies = Object.fromEntries(stages.map((stage) => [stage, { total: 0, running: 0, since: 0 }])) as Record<S, Tally>;
  }

  /** Runs `work` and adds its time to `stage`. */
  measure<T>(stage: S, work: () => T): T {
    this.start(stage);
    try {
      return work();
    } finally {
      this.stop(stage);
    }
  }

  /** Awaits `work` and adds its time, waiting included, to `stage`. */
  async measureAsync<T>(stage: S, work: () => Promise<T>): Promise<T> {
    this.start(stage);
    try {
      return await work();
    } finally {
      this.stop(stage);
    }
  }

  /** What each of some stages took, and a frame in it. */
  report<K extends S>(frames: number, stages: readonly K[]): Readonly<Record<K, StageTime>> {
    return this.each(stages, (total) => ({ ...inSeconds(total), perFrameMs: Number((total / Math.max(1, frames)).toFixed(3)) }));
  }

  /** What each stage took. */
  seconds(): Readonly<Record<S, StageSeconds>> {
    return this.each(this.stages, inSeconds);
  }

  private each<K extends S, T>(stages: readonly K[], describe: (total: number) => T): Record<K, T> {
    return Object.fromEntries(stages.map((stage) => [stage, describe(this.tallies[stage].total)])) as Record<K, T>;
  }

  private start(stage: S): void {
    const tally = this.tallies[stage];
    if (tally.running === 0) tally.since = performance.now();
    tally.running += 1;
  }

  private stop(stage: S): void {
    const tally = this.tallies[stage];
    tally.running -= 1;
    if (tally.running === 0) tally.total += performance.now() - tally.since;
  }
}

function inSeconds(milliseconds: number): StageSeconds {
  return { seconds: Number((milliseconds / 1000).toFixed(3)) };
}

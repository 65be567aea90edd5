/** Stages that a report times, in the order of the flow. */
export const TIMED_STAGES = ['decode', 'landmarks', 'motion', 'generate', 'mark', 'encode', 'sign'] as const;
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

/** Adds up how long each stage had work in progress; work of one stage that overlaps is counted once. */
export class StageClock {
  private readonly tallies: Record<TimedStage, Tally>;

  constructor() {
    this.tallies = Object.fromEntries(TIMED_STAGES.map((stage) => [stage, { total: 0, running: 0, since: 0 }])) as Record<TimedStage, Tally>;
  }

  /** Runs `work` and adds its time to `stage`. */
  measure<T>(stage: TimedStage, work: () => T): T {
    this.start(stage);
    try {
      return work();
    } finally {
      this.stop(stage);
    }
  }

  /** Awaits `work` and adds its time, waiting included, to `stage`. */
  async measureAsync<T>(stage: TimedStage, work: () => Promise<T>): Promise<T> {
    this.start(stage);
    try {
      return await work();
    } finally {
      this.stop(stage);
    }
  }

  report(frames: number): Readonly<Record<TimedStage, StageTime>> {
    const entry = (stage: TimedStage): [TimedStage, StageTime] => {
      const { total } = this.tallies[stage];
      return [stage, { seconds: Number((total / 1000).toFixed(3)), perFrameMs: Number((total / Math.max(1, frames)).toFixed(3)) }];
    };
    return Object.fromEntries(TIMED_STAGES.map(entry)) as Record<TimedStage, StageTime>;
  }

  private start(stage: TimedStage): void {
    const tally = this.tallies[stage];
    if (tally.running === 0) tally.since = performance.now();
    tally.running += 1;
  }

  private stop(stage: TimedStage): void {
    const tally = this.tallies[stage];
    tally.running -= 1;
    if (tally.running === 0) tally.total += performance.now() - tally.since;
  }
}

import type { ItemJob } from '../job.js';

/** How far a corpus is. @public */
export interface CorpusProgress {
  /** Clips that are there, those of earlier runs included. */
  readonly made: number;
  /** Clips that failed in this run. */
  readonly failed: number;
  /** Clips of the whole corpus. */
  readonly total: number;
  /** Seconds until the last clip is made, from the clips of this run; `undefined` until there is one. */
  readonly secondsLeft: number | undefined;
  /** What has just happened. */
  readonly event: 'started' | 'frame' | 'made' | 'failed';
  /** Id of the clip that it happened to; `undefined` at the start. */
  readonly id: string | undefined;
}

/** Counts clips and estimates what is left: work goes with the length of clips. */
export class CorpusMeter {
  readonly #listener: ((progress: CorpusProgress) => void) | undefined;
  readonly #total: number;
  readonly #started: number;
  readonly #now: () => number;
  readonly #frames = new Map<string, number>();
  #made: number;
  #failed = 0;
  #left: number;
  #done = 0;

  /**
   * @param jobs - what this run will make
   * @param made - clips that are there already
   */
  constructor(jobs: readonly ItemJob[], made: number, listener: ((progress: CorpusProgress) => void) | undefined, now = (): number => performance.now()) {
    this.#listener = listener;
    this.#total = jobs.length + made;
    this.#made = made;
    this.#left = jobs.reduce((sum, { seconds }) => sum + seconds, 0);
    this.#now = now;
    this.#started = now();
    this.#tell('started', undefined);
  }

  frame({ id }: ItemJob, frame: number): void {
    this.#frames.set(id, frame);
    this.#tell('frame', id);
  }

  made(job: ItemJob): void {
    this.#made++;
    this.#settle(job, 'made');
  }

  failed(job: ItemJob): void {
    this.#failed++;
    this.#settle(job, 'failed');
  }

  #settle({ id, seconds }: ItemJob, event: 'made' | 'failed'): void {
    this.#frames.delete(id);
    this.#left -= seconds;
    this.#done += seconds;
    this.#tell(event, id);
  }

  #tell(event: CorpusProgress['event'], id: string | undefined): void {
    const elapsed = (this.#now() - this.#started) / 1000;
    const secondsLeft = this.#done === 0 ? undefined : Math.max(0, (elapsed / this.#done) * this.#left);
    this.#listener?.({ made: this.#made, failed: this.#failed, total: this.#total, secondsLeft, event, id });
  }
}

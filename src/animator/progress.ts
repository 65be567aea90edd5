/** Where the work is. @public */
export interface Progress {
  /** `prepare`: portraits, models, reference frame. `animate`: frames are drawn. `sign`: the file is sealed and read back. */
  readonly stage: 'prepare' | 'animate' | 'sign';
  /** Frames drawn so far. */
  readonly frame: number;
  /** Frames of the whole clip; a guess until the end, `undefined` when unknown. */
  readonly frames: number | undefined;
  /** Frames drawn a second, mean over the last two seconds or so. */
  readonly fps: number;
  /** Seconds until the last frame is drawn, `undefined` when unknown. */
  readonly secondsLeft: number | undefined;
}

/** How fast `fps` forgets: seconds. */
const MEMORY_SECONDS = 2;

/** Turns "one more frame" into {@link Progress}. */
export class ProgressMeter {
  private frame = 0;
  private fps = 0;
  private last: number | undefined;

  constructor(
    private readonly listener: ((progress: Progress) => void) | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Reports the start of a stage. */
  enter(stage: Progress['stage'], frames: number | undefined): void {
    this.last = this.now();
    this.listener?.({ stage, frame: this.frame, frames, fps: this.fps, secondsLeft: undefined });
  }

  /** Reports that one more frame was drawn. */
  step(frames: number | undefined): void {
    const now = this.now();
    const seconds = Math.max(1e-6, (now - (this.last ?? now)) / 1000);
    this.last = now;
    this.frame += 1;
    const keep = this.frame === 1 ? 0 : Math.exp(-seconds / MEMORY_SECONDS);
    // Averages seconds a frame, not frames a second: a stall must not be outvoted by a burst.
    const mean = keep * (this.fps > 0 ? 1 / this.fps : seconds) + (1 - keep) * seconds;
    this.fps = 1 / mean;
    const total = frames === undefined ? undefined : Math.max(frames, this.frame);
    const secondsLeft = total === undefined ? undefined : (total - this.frame) / this.fps;
    this.listener?.({ stage: 'animate', frame: this.frame, frames: total, fps: this.fps, secondsLeft });
  }
}

import type { Progress } from '../index.js';
import type { Terminal } from './terminal.js';

/** A line that is redrawn at most this often, milliseconds. */
const REDRAW_MS = 100;
/** Plain lines come at most this often, milliseconds. */
const PLAIN_MS = 5000;
const BAR_CELLS = 24;

const STAGE_WORDS: Readonly<Record<Progress['stage'], string>> = {
  prepare: 'Reading the portrait and the driver',
  animate: 'Animating',
  sign: 'Signing and reading back',
};

/** Whole seconds, or minutes and seconds. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

function describe({ frame, frames, fps, secondsLeft }: Progress): string {
  const counted = frames === undefined ? `frame ${frame}` : `${frame}/${frames} frames`;
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  return `${counted}, ${fps.toFixed(1)} fps${left}`;
}

/** One line for a log. */
export function plainLine(progress: Progress): string {
  return progress.stage === 'animate' && progress.frame > 0
    ? `${STAGE_WORDS.animate}: ${describe(progress)}`
    : `${STAGE_WORDS[progress.stage]} ...`;
}

/** One line with a bar, for a terminal that is `columns` characters wide. */
export function barLine(progress: Progress, columns: number): string {
  const { stage, frame, frames } = progress;
  if (stage !== 'animate' || frame === 0) return plainLine(progress).slice(0, columns);
  const done = frames === undefined ? 0 : Math.min(1, frame / frames);
  const cells = Math.round(done * BAR_CELLS);
  const bar = `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}]`;
  return `${bar} ${String(Math.round(done * 100)).padStart(3)} %  ${describe(progress)}`.slice(0, columns);
}

/** Shows progress on standard error: one redrawn line on a terminal, plain lines elsewhere. */
export class ProgressView {
  private stage: Progress['stage'] | undefined;
  private lastShown = 0;
  private drawn = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly quiet: boolean,
  ) {}

  readonly show = (progress: Progress): void => {
    if (this.quiet) return;
    const now = performance.now();
    const entered = progress.stage !== this.stage;
    if (!entered && now - this.lastShown < (this.terminal.interactive ? REDRAW_MS : PLAIN_MS)) return;
    this.stage = progress.stage;
    this.lastShown = now;
    if (!this.terminal.interactive) {
      this.terminal.err(`${plainLine(progress)}\n`);
      return;
    }
    this.terminal.err(`\r\u001b[2K${barLine(progress, this.terminal.columns - 1)}`);
    this.drawn = true;
  };

  /** Takes the redrawn line away. */
  end(): void {
    if (this.drawn) this.terminal.err('\r\u001b[2K');
    this.drawn = false;
  }
}

import type { BridgedFrame } from './bridge.js';
import { copyMotion, restMotion } from './motion-frame.js';
import { createSmoother } from './smoothing.js';

/** A frame whose motion is smooth. */
export interface SmoothedFrame extends BridgedFrame {
  /** Since the frame before, above 0. */
  readonly seconds: number;
}

/** How far ahead is looked; more changes nothing that can be measured (docs/motion.md). */
const LOOK_AHEAD = 0.12; // seconds
/** At most so many frames wait: their pictures wait with them. */
const MOST_FRAMES = 6;

/**
 * Smooths without lagging behind (a fixed-lag smoother): every frame is the mean of a filter that comes from the past and of one that
 * comes back from the frames ahead. What one of them is late the other is early.
 */
export class FixedLagSmoother {
  readonly #ahead: number;
  readonly #forward;
  readonly #backward;
  readonly #scratch = restMotion();
  readonly #waiting: { readonly frame: BridgedFrame; readonly seconds: number; readonly past: ReturnType<typeof copyMotion> }[] = [];
  #time: number | undefined;

  /**
   * @param amount - see {@link createSmoother}; 0 lets everything pass at once
   * @param fps - frames a second
   */
  constructor(
    amount: number,
    private readonly fps: number,
  ) {
    this.#ahead = amount === 0 ? 0 : Math.min(MOST_FRAMES, Math.round(LOOK_AHEAD * fps));
    this.#forward = createSmoother(amount);
    this.#backward = createSmoother(amount);
  }

  /** Takes the next frame; gives back those that are ready, in order, with motion of their own. */
  push(frame: BridgedFrame): SmoothedFrame[] {
    const seconds = this.#time === undefined ? 1 / this.fps : Math.max(1e-3, frame.time - this.#time);
    this.#time = frame.time;
    if (frame.fresh) this.#forward.reset();
    const past = copyMotion(frame.motion);
    this.#forward.smooth(past, seconds);
    this.#waiting.push({ frame, seconds, past });
    return this.#waiting.length > this.#ahead ? [this.#next()] : [];
  }

  /** Ends the clip and gives back the rest. */
  flush(): SmoothedFrame[] {
    const rest: SmoothedFrame[] = [];
    while (this.#waiting.length > 0) rest.push(this.#next());
    return rest;
  }

  #next(): SmoothedFrame {
    const { frame, seconds, past } = this.#waiting[0]!;
    // Nothing is known across a gap that was too long to be bridged.
    const gap = this.#waiting.findIndex((later, i) => i > 0 && later.frame.fresh);
    const last = (gap < 0 ? this.#waiting.length : gap) - 1;
    if (last > 0) {
      const future = this.#scratch;
      this.#backward.reset();
      for (let i = last; i >= 0; i--) {
        const { motion } = this.#waiting[i]!.frame;
        for (const part of PARTS) future[part].set(motion[part]);
        this.#backward.smooth(future, i === last ? 1 / this.fps : this.#waiting[i + 1]!.seconds);
      }
      for (const part of PARTS) past[part].forEach((value, i) => (past[part][i] = (value + future[part][i]!) / 2));
    }
    this.#waiting.shift();
    return { ...frame, motion: past, seconds };
  }
}

const PARTS = ['pose', 'features', 'offsets'] as const;

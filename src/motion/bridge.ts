import { interpolateMotion, restMotion, type MotionFrame } from './motion-frame.js';
import { isJump } from './jumps.js';

/** One frame of a driver; `motion` is missing where no face was found. */
export interface DrivenFrame {
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  readonly motion: MotionFrame | undefined;
}

/** One frame after gaps have been closed. */
export interface BridgedFrame {
  readonly index: number;
  readonly time: number;
  readonly motion: MotionFrame;
  /** 0..1: how much of the motion to show; 0 is rest. */
  readonly weight: number;
  /** Whether the driver was seen in this very frame. */
  readonly seen: boolean;
  /** True on the first frame after a gap that was too long to be bridged: nothing before it should be remembered. */
  readonly fresh: boolean;
}

/** A run of frames without a usable face; both ends are part of it. @public */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** How long to wait for a lost face before the sitter returns to rest, seconds; also the most that is held back. */
const LOOK_AHEAD = 1;
const EASE_OUT = 0.8; // seconds
const EASE_IN = 0.5; // seconds
/** A jump that stays for this many frames is a cut, not a slip of the detector. */
const CUT_FRAMES = 3;

/**
 * Closes gaps: short ones by a smooth path between their ends, longer ones by coming to rest and waking up again.
 * Frames that jump away and back within two frames count as missing.
 */
export class GapBridge {
  readonly #gaps: { from: number; to: number }[] = [];
  #waiting: DrivenFrame[] = [];
  #last: { readonly time: number; readonly motion: MotionFrame } | undefined;
  /** When and at what weight the sitter began to ease in or out. */
  #ease = { since: -Infinity, from: 0, to: 0 as 0 | 1 };
  #asleep = true;

  /** Gaps so far, in order. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Takes the next frame; gives back those that are ready, in order. */
  push(frame: DrivenFrame): BridgedFrame[] {
    if (frame.motion === undefined) {
      if (this.#asleep) return [this.#resting(frame)];
      this.#waiting.push(frame);
      return frame.time - this.#last!.time > LOOK_AHEAD ? this.#fallAsleep() : [];
    }
    if (!this.#asleep && this.#last !== undefined && isJump(this.#last.motion, frame.motion, frame.time - this.#last.time)) {
      this.#waiting.push(frame);
      return this.#cutFound() ? this.#takeCut() : [];
    }
    return this.#arrive(frame.index, frame.time, frame.motion);
  }

  /** Ends the clip: frames that still wait come to rest. */
  flush(): BridgedFrame[] {
    return this.#waiting.length > 0 ? this.#fallAsleep() : [];
  }

  #arrive(index: number, time: number, motion: MotionFrame): BridgedFrame[] {
    const ready: BridgedFrame[] = [];
    let fresh = false;
    if (this.#asleep) {
      // The very first frame of a clip needs no waking.
      const from = this.#last === undefined && this.#gaps.length === 0 ? 1 : this.#weight(time);
      fresh = from === 0;
      this.#ease = { since: time, from, to: 1 };
      this.#asleep = false;
    } else if (this.#waiting.length > 0) {
      const start = this.#last!;
      for (const gap of this.#waiting) {
        const t = smooth((gap.time - start.time) / (time - start.time));
        this.#note(gap.index);
        ready.push({ ...this.#place(gap), motion: interpolateMotion(start.motion, motion, t), weight: this.#weight(gap.time), seen: false, fresh: false });
      }
      this.#waiting = [];
    }
    this.#last = { time, motion };
    ready.push({ index, time, motion, weight: this.#weight(time), seen: true, fresh });
    return ready;
  }

  #cutFound(): boolean {
    const tail = this.#waiting.slice(-CUT_FRAMES);
    if (tail.length < CUT_FRAMES) return false;
    return tail.every(({ motion, time }, i) => {
      const before = tail[i - 1];
      return motion !== undefined && (before?.motion === undefined || !isJump(before.motion, motion, time - before.time));
    });
  }

  #takeCut(): BridgedFrame[] {
    const cut = this.#waiting.splice(-CUT_FRAMES);
    return cut.flatMap(({ index, time, motion }) => this.#arrive(index, time, motion!));
  }

  #fallAsleep(): BridgedFrame[] {
    const since = this.#last!.time;
    this.#ease = { since, from: this.#weight(since), to: 0 };
    this.#asleep = true;
    const ready = this.#waiting.map((frame) => this.#resting(frame));
    this.#waiting = [];
    return ready;
  }

  #resting(frame: DrivenFrame): BridgedFrame {
    this.#note(frame.index);
    const weight = this.#weight(frame.time);
    return { ...this.#place(frame), motion: weight > 0 && this.#last ? this.#last.motion : restMotion(), weight, seen: false, fresh: false };
  }

  #weight(time: number): number {
    const { since, from, to } = this.#ease;
    return from + (to - from) * smooth((time - since) / (to === 0 ? EASE_OUT : EASE_IN));
  }

  #place({ index, time }: DrivenFrame): { index: number; time: number } {
    return { index, time };
  }

  #note(index: number): void {
    const open = this.#gaps.at(-1);
    if (open !== undefined && open.to === index - 1) open.to = index;
    else this.#gaps.push({ from: index, to: index });
  }
}

function smooth(t: number): number {
  const c = Math.min(1, Math.max(0, t));
  return c * c * (3 - 2 * c);
}

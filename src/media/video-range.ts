import { VivantError } from '../core/errors.js';
import { hertz, rateOf } from './frame-rate.js';
import type { FrameRate } from './frame-rate.js';
import { expectedFrames } from './video-facts.js';
import type { VideoFacts } from './video-facts.js';

/** Which part of a clip, at which rate. */
export interface RangeOptions {
  /** Seconds from the first frame. Default 0. */
  readonly start?: number | undefined;
  /** Seconds from the first frame. Default: the end of the clip. */
  readonly end?: number | undefined;
  /** Frames a second. Default: the clip's average rate. */
  readonly fps?: number | undefined;
}

export interface VideoRange {
  readonly rate: FrameRate;
  /** Seconds from the first frame of the clip, on the grid of its frames. */
  readonly start: number;
  /** Frames after which to stop; `undefined`: at the end of the clip. */
  readonly frameLimit: number | undefined;
  /** Best guess of the frames that will come. */
  readonly frameCount: number | undefined;
}

/** So that rounding to microseconds never drops the first frame: seconds, far below half a frame. */
export const SEEK_MARGIN = 0.001;

/**
 * Checks `options` against the clip and snaps the start to a frame.
 *
 * @throws VivantError `INVALID_OPTION` when a value is not a time, the end is not after the start, or the start is not in
 * the clip.
 */
export function videoRange(facts: VideoFacts, options: RangeOptions): VideoRange {
  const { start = 0, end, fps } = options;
  check('start', start, start >= 0, 'seconds, 0 or more');
  if (fps !== undefined) check('fps', fps, fps > 0 && fps <= 240, 'frames a second, above 0 and at most 240');
  if (end !== undefined) check('end', end, end > start, `seconds after the start (${String(start)})`);
  if (facts.durationSeconds > 0) {
    check('start', start, start < facts.durationSeconds, `a time in the clip, which lasts ${facts.durationSeconds.toFixed(2)} s`);
  }
  const native = hertz(facts.rate);
  const rate = fps === undefined ? facts.rate : rateOf(fps);
  const snapped = Math.round(start * native) / native;
  const frameLimit = end === undefined ? undefined : Math.max(1, Math.round((end - snapped) * hertz(rate)));
  return { rate, start: snapped, frameLimit, frameCount: countFrames(facts, rate, snapped, frameLimit) };
}

function countFrames(facts: VideoFacts, rate: FrameRate, start: number, limit: number | undefined): number | undefined {
  const whole = expectedFrames(facts);
  if (whole === undefined) return limit;
  const native = hertz(facts.rate);
  const left = Math.max(1, Math.round((whole - start * native) * (hertz(rate) / native)));
  return limit === undefined ? left : Math.min(left, limit);
}

function check(name: string, value: number, valid: boolean, expected: string): void {
  if (Number.isFinite(value) && valid) return;
  throw new VivantError('INVALID_OPTION', `Expected \`${name}\` in ${expected}, but received ${String(value)}.`, {
    details: { option: name, value },
  });
}

import type { FrameSource } from '../core/ports.js';
import type { RangeOptions } from './video-range.js';

export interface OpenVideoOptions extends RangeOptions {
  /** Longest side of the frames, pixels; larger clips are scaled down, smaller ones are left alone. */
  readonly maxSide?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Something that went wrong while frames still came. */
export interface DecodeWarning {
  /** `FEWER_FRAMES`: the file is cut short; `DAMAGED`: pictures could not be decoded in full. */
  readonly code: 'FEWER_FRAMES' | 'DAMAGED';
  readonly message: string;
}

/** Frames of a clip, read once, in order. */
export interface VideoSource extends FrameSource {
  /** Seconds from the first frame of the clip to the first frame given: `start`, moved to the nearest frame. */
  readonly start: number;
  /** Container tags, keys in lower case; empty for pictures. */
  readonly tags: Readonly<Record<string, string>>;
  /** Frames that came out of the decoder so far. */
  readonly decodedFrames: number;
  /** Complete once the last frame has been read. */
  readonly warnings: readonly DecodeWarning[];
}

/**
 * One picture in memory: 8-bit sRGB, RGBA interleaved, rows from the top, no padding.
 *
 * Frames that come out of a {@link FrameSource} reuse their buffer: they are valid until the next one is asked for.
 *
 * @public
 */
export interface Frame {
  /** `[height, width, 4]`, 0..255. */
  readonly data: Uint8ClampedArray;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** A frame with its place in a clip. @public */
export interface TimedFrame extends Frame {
  /** 0-based. */
  readonly index: number;
  /** Seconds from the start of the clip. */
  readonly time: number;
}

/** An axis-aligned rectangle in pixels. @public */
export interface Box {
  /** Left edge, from the left of the picture. */
  readonly x: number;
  /** Upper edge, from the top of the picture. */
  readonly y: number;
  /** To the right. */
  readonly width: number;
  /** Downwards. */
  readonly height: number;
}

/** A black, opaque frame of its own memory. */
export function createFrame(width: number, height: number): Frame {
  const data = new Uint8ClampedArray(width * height * 4);
  new Uint32Array(data.buffer).fill(0xff000000);
  return { data, width, height };
}

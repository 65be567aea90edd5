import sharp from 'sharp';
import type { TimedFrame } from '../core/frame.js';
import { throwIfAborted } from './aborted.js';
import { hertz, snapRate } from './frame-rate.js';
import { toSrgb } from './image.js';
import type { PictureInfo } from './image.js';
import { unreadable } from './input-file.js';
import { videoRange } from './video-range.js';
import type { OpenVideoOptions, VideoSource } from './open-video.js';
import { withinSide } from './working-size.js';

/** What browsers make of pages that ask for no delay, milliseconds. */
const DEFAULT_DELAY = 100;

/**
 * Of decoded pages at once. To reach a page libwebp decodes all before it, so reading pages one by one takes time that grows with their number
 * squared: 13 times as long for 60 pages of 320 x 320.
 */
const PAGES_BYTES = 64 * 2 ** 20;

/**
 * Opens an animated WebP, which ffmpeg can't read.
 *
 * @throws VivantError `INVALID_OPTION`; while reading: `UNREADABLE_MEDIA`, `ABORTED`.
 */
export function openAnimatedPicture(path: string, info: PictureInfo, options: OpenVideoOptions): VideoSource {
  const delays = Array.from({ length: info.pages }, (_, page) => info.delays[page] || DEFAULT_DELAY);
  const ends = delays.map(((sum) => (delay: number) => (sum += delay / 1000))(0));
  const durationSeconds = ends.at(-1)!;
  const range = videoRange(
    {
      index: 0,
      codec: info.format,
      width: info.width,
      height: info.height,
      rate: snapRate({ num: Math.round(info.pages * 1000), den: Math.round(durationSeconds * 1000) }, durationSeconds),
      durationSeconds,
      frameCount: info.pages,
      offsetSeconds: 0,
      hasAlpha: true,
      interlaced: false,
      matrix: 'bt601',
      decoder: undefined,
    },
    options,
  );
  const size = withinSide(info, options.maxSide);
  const fps = hertz(range.rate);
  const total = range.frameCount!;
  let decoded = 0;
  let closed = false;

  const pageBytes = info.width * info.height * 4;
  // Several pages at once can't be turned.
  const perRead = info.upright ? Math.max(1, Math.floor(PAGES_BYTES / pageBytes)) : 1;
  let from = 0;
  let pages: Uint8ClampedArray = new Uint8ClampedArray(0); // of full size, one after the other, from page `from` on

  const readPage = async (page: number): Promise<Uint8ClampedArray> => {
    try {
      if (page < from || (page - from + 1) * pageBytes > pages.length) {
        from = page;
        const count = Math.min(perRead, info.pages - page);
        pages = await toSrgb(sharp(path, { page, pages: count, failOn: 'truncated' }), info);
      }
      const whole = pages.subarray((page - from) * pageBytes, (page - from + 1) * pageBytes);
      if (size.width === info.width && size.height === info.height) return whole.slice();
      // Scaled by itself: as one tall picture, pages would run into each other.
      return await toSrgb(sharp(whole, { raw: { width: info.width, height: info.height, channels: 4 } }), size);
    } catch (error) {
      throw unreadable(path, `page ${String(page)} of the animation can't be decoded`, error);
    }
  };

  return {
    ...size,
    fps,
    frameCount: total,
    start: range.start,
    tags: {},
    warnings: [],
    get decodedFrames() {
      return decoded;
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<TimedFrame, void, undefined> {
      let page = -1;
      let data: Uint8ClampedArray = new Uint8ClampedArray(0);
      for (let index = 0; index < total && !closed; index++) {
        throwIfAborted(options.signal);
        // The page on show in the middle of the frame's time.
        const moment = range.start + (index + 0.5) / fps;
        let wanted = Math.max(page, 0);
        while (wanted < info.pages - 1 && ends[wanted]! <= moment) wanted++;
        if (wanted !== page) {
          page = wanted;
          data = await readPage(page);
        }
        decoded++;
        yield { data, ...size, index, time: index / fps };
      }
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

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
 * Opens an animated WebP, which ffmpeg can't read. Pages are decoded one by one.
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

  const readPage = async (page: number): Promise<Uint8ClampedArray> => {
    try {
      return await toSrgb(sharp(path, { page, pages: 1, failOn: 'truncated' }), size);
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
      let data = new Uint8ClampedArray(0);
      for (let index = 0; index < total && !closed; index++) {
        throwIfAborted(options.signal);
        // The page on show in the middle of the frame's time.
        const moment = range.start + (index + 0.5) / fps;
        let wanted = Math.max(page, 0);
        while (wanted < info.pages - 1 && ends[wanted]! <= moment) wanted++;
        if (wanted !== page) {
          page = wanted;
          data = new Uint8ClampedArray(await readPage(page));
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

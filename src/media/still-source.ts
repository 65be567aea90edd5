import type { TimedFrame } from '../core/frame.js';
import { readImage } from './image.js';
import type { OpenVideoOptions, VideoSource } from './open-video.js';

/** Frames a second of a single picture, for outputs that need a rate. */
const STILL_FPS = 25;

/** A picture as a clip of one frame. */
export async function openStill(path: string, options: OpenVideoOptions): Promise<VideoSource> {
  const { frame } = await readImage(path, { maxSide: options.maxSide });
  let decoded = 0;
  return {
    width: frame.width,
    height: frame.height,
    fps: options.fps ?? STILL_FPS,
    frameCount: 1,
    start: 0,
    tags: {},
    warnings: [],
    get decodedFrames() {
      return decoded;
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<TimedFrame, void, undefined> {
      decoded = 1;
      yield { ...frame, index: 0, time: 0 };
    },
    close: () => Promise.resolve(),
  };
}

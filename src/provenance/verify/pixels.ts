import { VivantError } from '../../core/errors.js';
import type { FrameSource } from '../../core/ports.js';
import { createBadgeDetector, type BadgeResult } from '../badge/detect.js';
import { createInvisibleDetector, type InvisibleResult } from '../invisible/detect.js';

/** Frames that are looked at: enough for the mark to stand out of what moves. */
const FRAMES = 40;
/** The frames looked at lie at most this far apart, so that a long clip need not be decoded to its end. */
const MAX_STEP = 30;

/** What the pixels say. */
export interface PixelReading {
  readonly invisible: InvisibleResult;
  readonly badge: BadgeResult;
}

/** Reads both marks from frames spread over the sources (one clip, or the pictures of a sequence one after another). */
export async function readPixels(sources: AsyncIterable<FrameSource>): Promise<PixelReading> {
  const invisible = createInvisibleDetector();
  const badge = createBadgeDetector();
  let used = 0;
  for await (const source of sources) {
    try {
      const step = Math.min(MAX_STEP, Math.max(1, Math.floor((source.frameCount ?? FRAMES) / FRAMES)));
      let index = 0;
      for await (const frame of source) {
        if (index++ % step !== 0) continue;
        invisible.add(frame);
        badge.add(frame);
        if (++used === FRAMES) break;
      }
    } catch (error) {
      // A clip that is damaged further on is still judged by its beginning.
      if (used === 0 || (error instanceof VivantError && error.code === 'ABORTED')) throw error;
      break;
    } finally {
      await source.close();
    }
    if (used === FRAMES) break;
  }
  return { invisible: invisible.result(), badge: badge.result() };
}

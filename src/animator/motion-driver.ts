import { VivantError } from '../core/errors.js';
import type { MotionFrame } from '../motion/motion-frame.js';
import { createMotionPlayer } from '../motion/player.js';
import { openTemplate } from '../motion/template.js';
import type { Driver, DriverMoment } from './driver.js';

/** How a motion file is played. */
export interface MotionDriverOptions {
  /** Seconds. */
  readonly start: number;
  /** Seconds; absent: to the end. */
  readonly end: number | undefined;
  /** Frames a second; absent: the motion's own. */
  readonly fps: number | undefined;
}

/**
 * A motion file as driver: no pixels, no sound.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `INVALID_MOTION`, `INVALID_OPTION`
 */
export async function openMotionDriver(path: string, options: MotionDriverOptions): Promise<Driver<MotionFrame>> {
  const template = await openTemplate(path);
  try {
    const { header, reference } = template;
    const fps = options.fps ?? header.fps;
    const first = Math.round(options.start * header.fps);
    const end = Math.min(template.frames, Math.round((options.end ?? Infinity) * header.fps));
    if (first >= end) {
      const seconds = template.frames / header.fps;
      throw new VivantError('INVALID_OPTION', `Expected \`start\` before the end of ${path} (${seconds.toFixed(2)} s) but received ${options.start}.`, {
        details: { option: 'start', received: options.start, seconds },
      });
    }
    const frames = Math.max(1, Math.round(((end - first) * fps) / header.fps));
    /** Frame of the file that is shown at frame `index` of the result. */
    const shownAt = (index: number): number => Math.min(end - 1, first + Math.round((index * header.fps) / fps));
    return {
      kind: 'motion',
      fps,
      frames,
      reference: { index: header.reference.frame, view: undefined },
      rights: header.drivingRights,
      transfer: (plan) => createMotionPlayer({ ...plan, reference, fps }),
      moments: () => read(template.read(), frames, shownAt, fps),
      warnings: () => [],
      close: () => template.close(),
    };
  } catch (error) {
    await template.close();
    throw error;
  }
}

async function* read(
  stored: AsyncIterable<{ readonly index: number; readonly motion: MotionFrame | undefined }>,
  frames: number,
  shownAt: (index: number) => number,
  fps: number,
): AsyncGenerator<DriverMoment<MotionFrame>> {
  let index = 0;
  for await (const { index: place, motion } of stored) {
    while (index < frames && shownAt(index) === place) {
      yield { index, time: index / fps, motion, view: undefined, picture: undefined, release: () => undefined };
      index += 1;
    }
    if (index === frames) return;
  }
}

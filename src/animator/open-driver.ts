import { VivantError } from '../core/errors.js';
import type { FaceState } from '../core/motion.js';
import type { LandmarkDetector } from '../core/ports.js';
import { probe } from '../media/probe.js';
import { isTemplate } from '../motion/template.js';
import { drivingPath } from '../motion-file.js';
import type { ResolvedClip } from '../options.js';
import type { Driver } from './driver.js';
import { openMotionDriver } from './motion-driver.js';
import { openPictureDriver } from './picture-driver.js';
import type { StageClock } from './stage-clock.js';
import { openVideoDriver } from './video-driver.js';

/**
 * Opens whatever moves the sitter.
 *
 * @throws VivantError what the kind of driver throws; `NO_VIDEO_STREAM` for a sound file
 */
export async function openDriver(clip: ResolvedClip, sitter: FaceState, detector: LandmarkDetector, clock: StageClock): Promise<Driver> {
  const { driving, drivingFace, driverPixels, compare, start, end, fps, signal } = clip;
  const path = drivingPath(driving);
  if (await isTemplate(path)) return openMotionDriver(path, { start, end, fps });
  const { kind } = await probe(path, { signal });
  if (kind === 'image') return openPictureDriver(path, detector, drivingFace, driverPixels);
  if (kind === 'audio') {
    throw new VivantError('NO_VIDEO_STREAM', `Expected a video, a picture or a motion file as driver but ${path} holds only sound.`, { details: { path } });
  }
  const pixels = !driverPixels ? 'none' : compare ? 'all' : 'faces';
  return openVideoDriver({ path, detector, sitter, drivingFace, pixels, start, end, fps, signal, clock });
}

import { VivantError } from '../core/errors.js';
import type { FaceState } from '../core/motion.js';
import type { LandmarkDetector } from '../core/ports.js';
import { probe } from '../media/probe.js';
import type { OutputFormat } from '../media/format.js';
import { isTemplate } from '../motion/template.js';
import { drivingPath } from '../motion-file.js';
import type { ResolvedClip } from '../options.js';
import type { Driver } from './driver.js';
import { openMotionDriver } from './motion-driver.js';
import { openPictureDriver } from './picture-driver.js';
import type { StageClock } from './stage-clock.js';
import { openVideoDriver } from './video-driver.js';

/** What a driver's file is. */
export type DriverKind = Driver['kind'];

/**
 * Looks what kind of driver a file is, without reading it.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`; `NO_VIDEO_STREAM` for a sound file
 */
export async function driverKind({ driving, signal }: ResolvedClip): Promise<DriverKind> {
  const path = drivingPath(driving);
  if (await isTemplate(path)) return 'motion';
  const { kind } = await probe(path, { signal });
  if (kind === 'image') return 'picture';
  if (kind === 'video') return 'video';
  throw new VivantError('NO_VIDEO_STREAM', `Expected a video, a picture or a motion file as driver but ${path} holds only sound.`, { details: { path } });
}

/**
 * One picture in, one picture out; many in, a clip out.
 *
 * @throws VivantError `INVALID_OPTION`
 */
export function checkFormat(kind: DriverKind, format: OutputFormat): void {
  if (kind === 'picture' && format !== 'png') {
    throw new VivantError('INVALID_OPTION', `Expected \`output\` to end in .png because the driver is one picture, but it asks for ${format}.`, {
      details: { option: 'output', format },
    });
  }
  if (kind !== 'picture' && format === 'png') {
    throw new VivantError(
      'INVALID_OPTION',
      'Expected `output` to be a video, a .gif or a numbered sequence such as frames/%04d.png because the driver is a clip, but it is one .png.',
      { details: { option: 'output', format } },
    );
  }
}

/**
 * Opens whatever moves the sitter.
 *
 * @throws VivantError what the kind of driver throws
 */
export function openDriver(kind: DriverKind, clip: ResolvedClip, photos: Promise<readonly FaceState[]>, detector: LandmarkDetector, clock: StageClock): Promise<Driver> {
  const { driving, drivingFace, driverPixels, compare, start, end, fps, signal } = clip;
  const path = drivingPath(driving);
  if (kind === 'motion') return openMotionDriver(path, { start, end, fps });
  if (kind === 'picture') return openPictureDriver(path, detector, drivingFace, driverPixels);
  const pixels = !driverPixels ? 'none' : compare ? 'all' : 'faces';
  return openVideoDriver({ path, detector, photos, drivingFace, pixels, start, end, fps, signal, clock });
}

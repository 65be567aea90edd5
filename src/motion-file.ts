import { inspectTemplate } from './motion/template.js';
import type { MotionReport } from './reports.js';

/** A motion file that has been read and checked; drives any portrait without the video. @public */
export interface Motion {
  /** Of the motion file. */
  readonly path: string;
  /** What the file holds. */
  readonly report: MotionReport;
}

/**
 * Checks a motion file and says what it holds. Pass the result, or the path itself, as `driving`.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `INVALID_MOTION`
 * @public
 */
export async function loadMotion(path: string): Promise<Motion> {
  const { frames, fps, durationSeconds, reference, gaps, ranges, tool, drivingRights } = await inspectTemplate(path);
  return { path, report: { file: path, frames, fps, durationSeconds, referenceFrame: reference.frame, gaps, ranges, tool, drivingRights } };
}

/** The file behind a driver. */
export function drivingPath(driving: string | Motion): string {
  return typeof driving === 'string' ? driving : driving.path;
}

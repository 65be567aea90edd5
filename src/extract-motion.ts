import { asAborted, throwIfAborted } from './animator/cancel.js';
import type { DriverMoment } from './animator/driver.js';
import { guardMotion } from './animator/kill-guard.js';
import { checkOutput } from './animator/output-file.js';
import { type Progress, ProgressMeter } from './animator/progress.js';
import { READ_STAGES, StageClock, TIMED_STAGES } from './animator/stage-clock.js';
import { openVideoDriver } from './animator/video-driver.js';
import type { FaceState } from './core/motion.js';
import type { DrivingRightsRecord } from './core/rights.js';
import { type DriverStep, writeTemplate } from './motion/template.js';
import { loadMotion } from './motion-file.js';
import { CLIP_SPECS, type FaceChoice } from './option-specs.js';
import { invalidOption, resolve } from './options.js';
import { TOOL } from './package-info.js';
import type { MotionReport } from './reports.js';
import { startLandmarkWorker } from './workers/landmark-client.js';

/** Options of {@link extractMotion}. @public */
export interface ExtractMotionOptions {
  /** Path of the video. */
  readonly driving: string;
  /** Path of the motion file to write. */
  readonly output: string;
  /** Which face of the video, at its first frame with a face. Default `largest`. */
  readonly drivingFace?: FaceChoice;
  /** The right to use the driver's performance; kept in the file. Without it the file says that it was not stated. */
  readonly drivingRights?: DrivingRightsRecord['basis'];
  /** Where to start, seconds. Default 0. */
  readonly start?: number;
  /** Where to stop, seconds. Default: the end. */
  readonly end?: number;
  /** Frames a second, 1..120. Default: the video's. */
  readonly fps?: number;
  /** Replace an existing output. Default false. */
  readonly force?: boolean;
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Called at every step. */
  readonly onProgress?: (progress: Progress) => void;
}

const { drivingFace, drivingRights, start, end, fps } = CLIP_SPECS;
const SPECS = { drivingFace, drivingRights, start, end, fps };

/** What is written when nobody said on what ground the driver may be used. */
const NOT_STATED: DrivingRightsRecord = { basis: 'research', note: 'Not stated when the motion was saved.' };

/**
 * Saves the motion of a video: no pixels, no sound, no identity.
 *
 * @throws VivantError `NO_FACE`, `FACE_INDEX`, `INVALID_OPTION`, `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `DISK_FULL`, `ABORTED`, and
 * what reading the video throws
 * @public
 */
export async function extractMotion(options: ExtractMotionOptions): Promise<MotionReport> {
  const { driving, output, signal } = options;
  const resolved = resolve(SPECS, options, ['driving', 'output', 'force', 'signal', 'onProgress']);
  if (typeof driving !== 'string' || driving === '') throw invalidOption('driving', 'the path of a video', driving);
  if (typeof output !== 'string' || output === '') throw invalidOption('output', 'the path of the motion file to write', output);
  throwIfAborted(signal);
  const started = performance.now();
  const clock = new StageClock(TIMED_STAGES);
  await checkOutput(output, 'motion', options.force ?? false);
  const progress = new ProgressMeter(options.onProgress);
  progress.enter('prepare', undefined);
  const detector = await startLandmarkWorker();
  const allIsWell = guardMotion(output);
  try {
    const driver = await openVideoDriver({ path: driving, detector, photos: undefined, ...resolved, pixels: 'none', signal, clock });
    try {
      const { index } = driver.reference;
      const rights: DrivingRightsRecord = resolved.drivingRights === 'same' ? NOT_STATED : { basis: resolved.drivingRights };
      const header = { fps: driver.fps, reference: { frame: index, time: index / driver.fps }, tool: TOOL, drivingRights: rights };
      progress.enter('animate', driver.frames);
      await writeTemplate(output, header, driver.rest, steps(driver.moments(), () => progress.step(driver.frames), signal));
    } finally {
      await driver.close();
    }
  } catch (error) {
    throw asAborted(error, signal);
  } finally {
    allIsWell();
    await detector.close();
  }
  const { report } = await loadMotion(output);
  return { ...report, stages: clock.report(report.frames, READ_STAGES), seconds: Number(((performance.now() - started) / 1000).toFixed(3)) };
}

async function* steps(moments: AsyncIterable<DriverMoment<FaceState>>, tick: () => void, signal: AbortSignal | undefined): AsyncGenerator<DriverStep> {
  for await (const { index, motion, release } of moments) {
    throwIfAborted(signal);
    release();
    yield { index, state: motion };
    tick();
  }
}

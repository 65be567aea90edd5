import { asAborted } from './animator/cancel.js';
import { StageClock } from './animator/stage-clock.js';
import { VERIFY_STAGES, type VerifyReport } from './core/disclosure.js';
import { probe } from './media/probe.js';
import { openVideo } from './media/video-source.js';
import { verifyFile } from './provenance/verify/verify.js';

/** Marks are looked for in smaller pictures than this (longer side, pixels): no need to hand over more of a large one. */
const MARK_MAX_SIDE = 1280;

/** Options of {@link verify}. @public */
export interface VerifyOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Reads every disclosure layer of any video or picture and says in plain words what it is.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `NO_VIDEO_STREAM`, `ABORTED`
 * @public
 */
export async function verify(file: string, { signal }: VerifyOptions = {}): Promise<VerifyReport> {
  try {
    const clock = new StageClock(VERIFY_STAGES);
    const found = await verifyFile(file, {
      openFrames: (path) => openVideo(path, { maxSide: MARK_MAX_SIDE, signal }),
      tags: async (path) => (await probe(path, { signal })).tags,
      measure: (stage, work) => clock.measureAsync(stage, work),
    });
    return { ...found, stages: clock.seconds() };
  } catch (error) {
    throw asAborted(error, signal);
  }
}

import type { FaceState } from '../core/motion.js';
import type { LandmarkDetector } from '../core/ports.js';
import { selectFace } from '../landmarks/select.js';
import { readImage } from '../media/image.js';
import { faceState } from '../motion/face-state.js';
import { estimateNeutral } from '../motion/neutral.js';
import type { FaceChoice } from '../option-specs.js';
import type { Driver, DriverMoment } from './driver.js';
import { faceTransfer } from './face-transfer.js';

/** Longer side of the driver's picture, pixels. */
const MAX_SIDE = 1280;

/**
 * A picture as driver: one expression.
 *
 * @throws VivantError `NO_FACE`, `FACE_INDEX`, and what reading an image throws
 */
export async function openPictureDriver(path: string, detector: LandmarkDetector, face: FaceChoice, pixels: boolean): Promise<Driver<FaceState>> {
  const { frame } = await readImage(path, { maxSide: MAX_SIDE });
  const chosen = selectFace(await detector.detect(frame, { thorough: true }), face);
  const state: FaceState = faceState(chosen);
  const view = pixels ? { frame, state, points: chosen.points } : undefined;
  const moment: DriverMoment<FaceState> = { index: 0, time: 0, motion: state, view, picture: view?.frame, release: () => undefined };
  return {
    kind: 'picture',
    fps: 1,
    frames: 1,
    reference: { index: 0, view },
    introduce: (generator) => view && generator.setDriverReference?.(view),
    // A picture has no other frame to be relative to: its own face, estimated without expression, stands in.
    transfer: (plan) => faceTransfer(plan, plan.mode === 'relative' ? estimateNeutral(state) : state, 1),
    async *moments() {
      yield moment;
    },
    warnings: () => [],
    close: () => Promise.resolve(),
  };
}

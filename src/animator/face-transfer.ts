import type { FaceState } from '../core/motion.js';
import { createMotionStream } from '../motion/stream.js';
import type { Transfer, TransferPlan } from './driver.js';

/** Transfers a performance from detected faces, measured from `reference`. */
export function faceTransfer(plan: TransferPlan, reference: FaceState, fps: number): Transfer<FaceState> {
  const stream = createMotionStream({ ...plan, reference, fps });
  return {
    push: ({ index, time, motion }) => stream.push({ index, time, state: motion }),
    flush: () => stream.flush(),
    get bridged() {
      return stream.bridged;
    },
  };
}

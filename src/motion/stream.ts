import type { FaceState } from '../core/motion.js';
import type { Gap } from './bridge.js';
import { createMotionEncoder } from './encode.js';
import { createMotionPlayer, type PlayerOptions, type TargetStep } from './player.js';

/** @see createMotionStream */
export interface MotionStreamOptions extends Omit<PlayerOptions, 'reference'> {
  /** The driver at rest, as chosen by `chooseReference`. */
  readonly reference: FaceState;
}

/** Faces of the driver in, faces of the sitter out. */
export interface MotionStream {
  /**
   * Takes the driver's next frame, `state` undefined where no face was found. Gives back the targets that are ready, in
   * order; none while a gap is open that may still be bridged (at most about a second).
   */
  push(frame: { readonly index: number; readonly time: number; readonly state: FaceState | undefined }): readonly TargetStep[];
  /** Ends the clip and gives back the rest. */
  flush(): readonly TargetStep[];
  /** Runs of frames, first and last included, in which the driver was not seen, so far. */
  readonly bridged: readonly Gap[];
}

/** Transfers a performance straight from detected faces. A motion template takes the same way, from its stored motion on. */
export function createMotionStream(options: MotionStreamOptions): MotionStream {
  const encoder = createMotionEncoder(options.reference);
  const player = createMotionPlayer({ ...options, reference: encoder.reference });
  return {
    push: ({ index, time, state }) => player.push({ index, time, motion: state === undefined ? undefined : encoder.encode(state) }),
    flush: () => player.flush(),
    get bridged() {
      return player.bridged;
    },
  };
}

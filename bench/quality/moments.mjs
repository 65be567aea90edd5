// The frames of a clip with what the detector finds in them and how the sitter should look in each.
import { faceState } from '../../dist/motion/face-state.js';

/**
 * The product holds frames back until it knows what comes after them; so do we.
 *
 * @param transfers - what the motion goes through, one entry for each number of photos
 * @yields `{ moment, state, driverFace, truthFace, steps }`, in order, once every transfer has said where the face goes; `state` and
 * faces are undefined where none was found. Pictures stay as they are until the next one is asked for, and longer.
 */
export async function* moments(clip, transfers, detector, limit) {
  const waiting = new Map();
  const note = (transfer, steps) => {
    for (const step of steps) waiting.get(step.index).steps.push(step);
  };
  function* ready() {
    for (const [index, held] of waiting) {
      if (held.steps.length < transfers.length) return;
      waiting.delete(index);
      yield held;
    }
  }
  for await (const { driver, truth, ...rest } of clip.frames(limit)) {
    const stamp = { timestamp: undefined };
    const [[driverFace], [truthFace]] = await Promise.all([detector.detect(driver, stamp), detector.detect(truth, stamp)]);
    const state = driverFace && faceState(driverFace);
    waiting.set(rest.index, { moment: { ...rest, driver: copy(driver), truth: copy(truth) }, state, driverFace, truthFace, steps: [] });
    for (const transfer of transfers) note(transfer, transfer.push({ index: rest.index, time: rest.index / clip.fps, motion: state }));
    yield* ready();
  }
  for (const transfer of transfers) note(transfer, transfer.flush());
  yield* ready();
}

/** A clip reads every frame into the same memory. */
function copy(frame) {
  return { ...frame, data: frame.data.slice() };
}

// The frames of a clip with what the detector finds in them and how the sitter should look in each.
import { LandmarkRegistration } from '../../dist/landmarks/registration/registration.js';
import { faceState } from '../../dist/motion/face-state.js';

/**
 * The product holds frames back until it knows what comes after them; so do we.
 *
 * @param transfers - what the motion goes through, one entry for each number of photos
 * @param looks - the driver at rest, as findReference says it; `truthLooks`: the truth in the same frames
 * @yields `{ moment, state, driverFace, truthFace, truthPoints, steps }`, in order, once every transfer has said where the face goes; `state` and
 * faces are undefined where none was found. `truthFace` is as detected, `truthPoints` are put where the skin is, as the driver's are. Pictures
 * stay as they are until the next one is asked for, and longer.
 */
export async function* moments(clip, { transfers, looks, truthLooks }, detector, limit) {
  const driverSkin = new LandmarkRegistration(looks.views, looks.shares[0]);
  const truthSkin = new LandmarkRegistration(truthLooks.views, truthLooks.shares);
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
    const [[seen], [truthFace]] = await Promise.all([detector.detect(driver, stamp), detector.detect(truth, stamp)]);
    const driverFace = seen && { ...seen, points: driverSkin.register({ frame: driver, points: seen.points }) };
    const truthPoints = truthFace && truthSkin.register({ frame: truth, points: truthFace.points });
    const state = driverFace && faceState(driverFace);
    waiting.set(rest.index, { moment: { ...rest, driver: copyFrame(driver), truth: copyFrame(truth) }, state, driverFace, truthFace, truthPoints, steps: [] });
    for (const transfer of transfers) note(transfer, transfer.push({ index: rest.index, time: rest.index / clip.fps, motion: state }));
    yield* ready();
  }
  for (const transfer of transfers) note(transfer, transfer.flush());
  yield* ready();
}

/** A clip reads every frame into the same memory. */
export function copyFrame(frame) {
  return { ...frame, data: frame.data.slice() };
}

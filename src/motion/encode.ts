import type { FaceState } from '../core/motion.js';
import { EYES } from '../geometry/face-topology.js';
import { multiply, toRotationVector, transpose } from '../geometry/rotation.js';
import { SKIN_POINTS } from './canonical-shape.js';
import { eyeFrame, inEye, lowerLid, openness } from './eye-frame.js';
import { lipGap } from './lips.js';
import { FEATURE, restMotion, type MotionFrame } from './motion-frame.js';
import { estimateNeutral } from './neutral.js';
import { measureProportions, offsetUnits, type Proportions } from './proportions.js';
import { BELIEF } from './regions.js';

/** Turns states of one driver into motion that belongs to nobody. */
export interface MotionEncoder {
  /**
   * What the reference itself does, told from the driver's estimated resting face. Absolute transfer starts from there;
   * its lip gap is the reference's own.
   */
  readonly reference: MotionFrame;
  /** What `state` does, told from the reference. `state` must be a face of the same driver. */
  encode(state: FaceState): MotionFrame;
}

/**
 * @param reference - the driver at rest, as chosen by `chooseReference`
 */
export function createMotionEncoder(reference: FaceState): MotionEncoder {
  const proportions = measureProportions(reference.canonical);
  const neutral = estimateNeutral(reference);
  return { reference: encode(reference, neutral, proportions), encode: (state) => encode(state, reference, proportions) };
}

/** `proportions` may be measured on another face of the same person than `reference`. */
function encode(state: FaceState, reference: FaceState, proportions: Proportions): MotionFrame {
  const motion = restMotion();
  const { pose, features, offsets } = motion;
  pose.set(toRotationVector(multiply(state.rotation, transpose(reference.rotation))));
  pose[3] = (state.centre[0]! - reference.centre[0]!) / reference.scale;
  pose[4] = (state.centre[1]! - reference.centre[1]!) / reference.scale;
  pose[5] = Math.log(state.scale / reference.scale);

  const units = offsetUnits(proportions);
  for (let i = 0; i < SKIN_POINTS; i++) {
    const across = BELIEF.across[i]! / units.across[i]!;
    const down = BELIEF.down[i]! / units.down[i]!;
    offsets[3 * i] = (state.canonical[3 * i]! - reference.canonical[3 * i]!) * across;
    offsets[3 * i + 1] = (state.canonical[3 * i + 1]! - reference.canonical[3 * i + 1]!) * down;
    offsets[3 * i + 2] = (state.canonical[3 * i + 2]! - reference.canonical[3 * i + 2]!) * across;
  }

  EYES.forEach((eye, side) => {
    const now = eyeFrame(state.canonical, eye);
    const then = eyeFrame(reference.canonical, eye);
    // In widths of the eye, and of an opening that is never a blink's: a reference with shut eyes must not blow lids up.
    const rest = proportions.aperture[side as 0 | 1] / proportions.eyeWidth[side as 0 | 1];
    const open = openness(reference.canonical, eye, then);
    features[FEATURE.openness + side] = 1 + (openness(state.canonical, eye, now) - open) / Math.max(rest, open);
    features[FEATURE.lowerLid + side] = (lowerLid(state.canonical, eye, now) - lowerLid(reference.canonical, eye, then)) / rest;
    const [u, v] = inEye(state.canonical, eye.iris[0], now);
    const [u0, v0] = inEye(reference.canonical, eye.iris[0], then);
    features[FEATURE.gaze + 2 * side] = u - u0;
    features[FEATURE.gaze + 2 * side + 1] = v - v0;
  });
  features[FEATURE.lipGap] = lipGap(state.canonical, proportions.interOcular);
  return motion;
}

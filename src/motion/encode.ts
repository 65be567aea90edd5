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

/** How much of the difference between the two irises' shifts is real (eyes converge a little) rather than noise. */
const ALONE = 0.3;
/** Weight of an eye that is shut or edge-on. */
const LEAST_TRUST = 0.01;

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
    offsets[3 * i + 2] = ((state.canonical[3 * i + 2]! - reference.canonical[3 * i + 2]!) * BELIEF.down[i]!) / units.across[i]!;
  }

  const trust = [1, 1];
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
    trust[side] = Math.max(LEAST_TRUST, openness(state.canonical, eye, now)) * apparentWidth(state, eye.corners);
  });
  pairEyes(features, trust);
  features[FEATURE.lipGap] = lipGap(state.canonical, proportions.interOcular);
  return motion;
}

/** Eyes look the same way: the irises' mean shift, each weighted by how well its eye is seen, and a part of what each does alone. */
function pairEyes(features: Float32Array, trust: readonly number[]): void {
  const left = trust[0]! / (trust[0]! + trust[1]!);
  for (const axis of [FEATURE.gaze, FEATURE.gaze + 1]) {
    const mean = left * features[axis]! + (1 - left) * features[axis + 2]!;
    for (const eye of [axis, axis + 2]) features[eye] = mean + ALONE * (features[eye]! - mean);
  }
}

/** Width of an eye as the camera sees it, canonical head units: the far eye of a turned head is narrow and badly seen. */
function apparentWidth({ canonical, rotation }: FaceState, [a, b]: readonly [number, number]): number {
  let width = 0;
  for (let k = 0; k < 3; k++) width += rotation[k]! * (canonical[3 * b + k]! - canonical[3 * a + k]!);
  return Math.max(LEAST_TRUST, Math.abs(width));
}

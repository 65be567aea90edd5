import { fromRotationVector, multiply, slerp, toRotationVector } from '../geometry/rotation.js';
import { SKIN_POINTS } from './canonical-shape.js';

/**
 * What a face does in one frame, told from a reference frame of the same face and free of who does it: all lengths are in
 * proportion to the face they came from.
 */
export interface MotionFrame {
  /**
   * `[6]`: rotation vector of the turn since the reference (radians, image axes), shift of the centre right and down (head
   * units of the reference), natural logarithm of the change of size.
   */
  readonly pose: Float32Array;
  /** `[9]`, see {@link FEATURE}. */
  readonly features: Float32Array;
  /** `[468, 3]` offsets of the skin from the reference, in the units of `offsetUnits`. */
  readonly offsets: Float32Array;
}

/** Places in {@link MotionFrame.features}; "left" is the image's. */
export const FEATURE = {
  /** Opening of the left, then the right eye, as a part of the reference's: 0 shut, 1 as in the reference. */
  openness: 0,
  /** Shift down of the left, then the right lower lid, in openings of the reference's eye. */
  lowerLid: 2,
  /** Shift of the left, then the right iris, along and down, in widths of the eye. */
  gaze: 4,
  /** Gap between the lips, in distances between the outer eye corners. Not a change: 0 is a shut mouth. */
  lipGap: 8,
} as const;

const FEATURES = 9;

/** No motion: the reference itself, with a shut mouth. */
export function restMotion(): MotionFrame {
  const features = new Float32Array(FEATURES);
  features[FEATURE.openness] = features[FEATURE.openness + 1] = 1;
  return { pose: new Float32Array(6), features, offsets: new Float32Array(3 * SKIN_POINTS) };
}

/** A copy with memory of its own. */
export function copyMotion(motion: MotionFrame): MotionFrame {
  return { pose: motion.pose.slice(), features: motion.features.slice(), offsets: motion.offsets.slice() };
}

/** Between `a` (`t` = 0) and `b` (`t` = 1): the head turns at constant speed (slerp), all else is a straight line. */
export function interpolateMotion(a: MotionFrame, b: MotionFrame, t: number): MotionFrame {
  const pose = mix(a.pose, b.pose, t);
  pose.set(toRotationVector(slerp(fromRotationVector(a.pose), fromRotationVector(b.pose), t)));
  return { pose, features: mix(a.features, b.features, t), offsets: mix(a.offsets, b.offsets, t) };
}

/** `first`, then `then`: the motion from the reference of `first`, when `then` was told from where `first` leads. */
export function composeMotion(first: MotionFrame, then: MotionFrame): MotionFrame {
  const pose = add(first.pose, then.pose);
  pose.set(toRotationVector(multiply(fromRotationVector(then.pose), fromRotationVector(first.pose))));
  const features = add(first.features, then.features);
  for (const eye of [FEATURE.openness, FEATURE.openness + 1]) features[eye] = first.features[eye]! * then.features[eye]!;
  features[FEATURE.lipGap] = then.features[FEATURE.lipGap]!;
  return { pose, features, offsets: add(first.offsets, then.offsets) };
}

function mix(a: Float32Array, b: Float32Array, t: number): Float32Array {
  return a.map((value, i) => value + t * (b[i]! - value));
}

function add(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!);
}

import { restMotion, type MotionFrame } from './motion-frame.js';
import { BELIEF } from './regions.js';

/** Skin points that motion files hold: those that expressions move. */
export const STORED_POINTS: readonly number[] = Array.from(BELIEF.down.keys()).filter((i) => BELIEF.down[i]! > 0 || BELIEF.across[i]! > 0);

const POSE_AT = 4;
const POSE_NUMBERS = 6;
const FEATURE_NUMBERS = 9;
const OFFSETS_AT = POSE_AT + 4 * (POSE_NUMBERS + FEATURE_NUMBERS);

/**
 * Bytes of one frame, little-endian: u8 1 when the face was seen else 0, three zeros, pose 6 x f32, features 9 x f32,
 * offsets of the stored points 3 x i16 each, padded to a multiple of 4.
 */
export const RECORD_BYTES = Math.ceil((OFFSETS_AT + 6 * STORED_POINTS.length) / 4) * 4;

/** Offsets are stored in this part of a head unit: 0.006 pixels in a face 200 pixels wide, up to +-2 head units. */
export const OFFSET_STEP = 1 / 16_384;

/** Largest sizes that a face can have moved by: pose in radians, head units and logarithm; features in their own units. */
const POSE_BOUND = [Math.PI, Math.PI, Math.PI, 100, 100, 5] as const;
const FEATURE_BOUND = 50;

/** Writes one frame at the start of `view`; undefined is a frame without a face. */
export function encodeRecord(view: DataView, motion: MotionFrame | undefined): void {
  for (let i = 0; i < RECORD_BYTES; i += 4) view.setUint32(i, 0);
  if (motion === undefined) return;
  view.setUint8(0, 1);
  motion.pose.forEach((value, i) => view.setFloat32(POSE_AT + 4 * i, bounded(value, POSE_BOUND[i]!), true));
  motion.features.forEach((value, i) => view.setFloat32(POSE_AT + 4 * (POSE_NUMBERS + i), bounded(value, FEATURE_BOUND), true));
  STORED_POINTS.forEach((point, i) => {
    for (let k = 0; k < 3; k++) {
      const steps = Math.round(motion.offsets[3 * point + k]! / OFFSET_STEP);
      view.setInt16(OFFSETS_AT + 6 * i + 2 * k, Math.min(32_767, Math.max(-32_767, steps)), true);
    }
  });
}

/**
 * Reads one frame from the start of `view`.
 *
 * @param invalid - makes the error for a bad value, `offset` bytes into the record
 */
export function decodeRecord(view: DataView, invalid: (offset: number, expected: string, received: string) => Error): MotionFrame | undefined {
  const seen = view.getUint8(0);
  if (seen > 1) throw invalid(0, 'a flag of 0 or 1', `${seen}`);
  if (seen === 0) return undefined;
  const motion = restMotion();
  const read = (offset: number, bound: number): number => {
    const value = view.getFloat32(offset, true);
    // Also refuses NaN. A bound rounded to 32 bits may lie a hair beyond itself.
    if (!(Math.abs(value) <= bound * (1 + 1e-6))) throw invalid(offset, `a number within +-${bound}`, `${value}`);
    return value;
  };
  for (let i = 0; i < POSE_NUMBERS; i++) motion.pose[i] = read(POSE_AT + 4 * i, POSE_BOUND[i]!);
  for (let i = 0; i < FEATURE_NUMBERS; i++) motion.features[i] = read(POSE_AT + 4 * (POSE_NUMBERS + i), FEATURE_BOUND);
  STORED_POINTS.forEach((point, i) => {
    for (let k = 0; k < 3; k++) motion.offsets[3 * point + k] = view.getInt16(OFFSETS_AT + 6 * i + 2 * k, true) * OFFSET_STEP;
  });
  return motion;
}

function bounded(value: number, bound: number): number {
  return Math.min(bound, Math.max(-bound, value));
}

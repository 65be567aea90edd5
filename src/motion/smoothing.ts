import { SKIN_POINTS } from './canonical-shape.js';
import { FEATURE, type MotionFrame } from './motion-frame.js';
import { OneEuroFilter, type OneEuroTuning } from './one-euro.js';
import { LIP_WEIGHT } from './regions.js';

/**
 * Tunings at `smooth` = 0.5. A head that trembles or pulses is seen at once, so pose and size are held; lips and lids carry the
 * meaning of speech within single frames, so they are let go.
 */
const TUNING = {
  turn: { cutoff: 1.2, beta: 12 }, // radians
  shift: { cutoff: 0.9, beta: 6 }, // head units
  growth: { cutoff: 0.45, beta: 4.5 }, // natural logarithm
  openness: { cutoff: 12, beta: 15 },
  lowerLid: { cutoff: 4.5, beta: 12 },
  gaze: { cutoff: 1.8, beta: 21 }, // eye widths
  lipGap: { cutoff: 15, beta: 90 }, // distances between the eyes
  skin: { cutoff: 3, beta: 24 }, // head units
  lips: { cutoff: 5.25, beta: 135 },
} as const satisfies Record<string, OneEuroTuning>;

/** Below the first opening of the eyes (part of the reference's) an iris is a guess and its last place is kept; above the second it is believed. */
const IRIS_HIDDEN = 0.25;
const IRIS_SEEN = 0.6;

/** Smooths motion frame by frame, in one direction of time. */
export interface MotionSmoother {
  /** Filters `motion` in place; `seconds` since the last frame, above 0. */
  smooth(motion: MotionFrame, seconds: number): void;
  /** Forgets the past, after a long gap. */
  reset(): void;
}

/**
 * @param amount - 0 (as measured) to 1; cutoffs halve for every 0.25
 */
export function createSmoother(amount: number): MotionSmoother {
  const factor = 4 ** (1 - 2 * amount);
  const scaled = ({ cutoff, beta }: OneEuroTuning): OneEuroTuning | undefined =>
    amount === 0 ? undefined : { cutoff: cutoff * factor, beta: beta * factor };
  const turn = new OneEuroFilter(1, 3);
  const shift = new OneEuroFilter(1, 2);
  const growth = new OneEuroFilter(1, 1);
  const lids = new OneEuroFilter(4, 1);
  const gaze = new OneEuroFilter(2, 2);
  const lipGap = new OneEuroFilter(1, 1);
  const skin = new OneEuroFilter(SKIN_POINTS, 3);
  const all = [turn, shift, growth, lids, gaze, lipGap, skin];

  const [turnTuning, shiftTuning, growthTuning, gazeTuning, gapTuning] = [TUNING.turn, TUNING.shift, TUNING.growth, TUNING.gaze, TUNING.lipGap].map(scaled);
  const lidTunings = [TUNING.openness, TUNING.openness, TUNING.lowerLid, TUNING.lowerLid].map(scaled);
  const skinTunings = Array.from(LIP_WEIGHT, (lip) =>
    scaled({ cutoff: mix(TUNING.skin.cutoff, TUNING.lips.cutoff, lip), beta: mix(TUNING.skin.beta, TUNING.lips.beta, lip) }),
  );

  return {
    smooth({ pose, features, offsets }, seconds) {
      turn.filter(pose.subarray(0, 3), seconds, () => turnTuning);
      shift.filter(pose.subarray(3, 5), seconds, () => shiftTuning);
      growth.filter(pose.subarray(5, 6), seconds, () => growthTuning);
      const open = (features[FEATURE.openness]! + features[FEATURE.openness + 1]!) / 2;
      const seen = Math.min(1, Math.max(0, (open - IRIS_HIDDEN) / (IRIS_SEEN - IRIS_HIDDEN)));
      gaze.filter(features.subarray(FEATURE.gaze, FEATURE.gaze + 4), seconds, () => gazeTuning, seen);
      lids.filter(features.subarray(FEATURE.openness, FEATURE.lowerLid + 2), seconds, (i) => lidTunings[i]);
      lipGap.filter(features.subarray(FEATURE.lipGap, FEATURE.lipGap + 1), seconds, () => gapTuning);
      skin.filter(offsets, seconds, (i) => skinTunings[i]);
    },
    reset() {
      for (const filter of all) filter.reset();
    },
  };
}

function mix(a: number, b: number, t: number): number {
  return a + t * (b - a);
}

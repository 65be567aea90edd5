import type { FaceState, TargetFace } from '../core/motion.js';
import { EYES } from '../geometry/face-topology.js';
import { fromHeadAngles, fromRotationVector, multiply, toHeadAngles, type HeadAngles } from '../geometry/rotation.js';
import { SKIN_POINTS } from './canonical-shape.js';
import { posePoints } from './face-state.js';
import { moveIris } from './gaze.js';
import { moveLids } from './lids.js';
import { joinLips, keepThickness, lipContact } from './lips.js';
import { composeMotion, FEATURE, type MotionFrame } from './motion-frame.js';
import { estimateNeutral } from './neutral.js';
import { softLimit, turnHead } from './pose-limits.js';
import { measureProportions, offsetUnits } from './proportions.js';
import { regionMask, type MotionRegion } from './regions.js';

/** How the driver's motion is put on the sitter. */
export interface RetargetOptions {
  /** The sitter as painted. */
  readonly source: FaceState;
  /** What the driver's reference does, from `MotionEncoder.reference`. */
  readonly reference: MotionFrame;
  /** `relative`: changes since the reference are added to the sitter's own face. `absolute`: pose and expression as they are. */
  readonly mode: 'relative' | 'absolute';
  /** 0 (the sitter as painted) to 2; 1 = as strong as the driver. */
  readonly amplitude: number;
  readonly region: MotionRegion;
}

/** How motion is shown in one frame. */
export interface Emphasis {
  /** 0..1, scales the amplitude: 0 is the sitter at rest. */
  readonly weight: number;
  /** 0..1: how surely the driver is speaking, so that lips that look shut are meant to touch. */
  readonly speaking: number;
  /** See {@link TargetFace}. */
  readonly confidence: number;
}

/** A head in a frame moves more than a head on painted shoulders can: parts of shift and of growth that are passed on, and their limits. */
const SHIFT_GAIN = 0.6;
const SHIFT_LIMIT = 0.3; // head units
const GROWTH_GAIN = 0.5;
const GROWTH_LIMIT = 0.08; // natural logarithm
/** By how much lips must have closed since the reference (in distances between the eyes) to be pressed together for sure. */
const CLOSING = 0.02;

/** Makes the function that turns motion into the sitter's face. It has no memory: same motion, same face. */
export function createRetargeter(options: RetargetOptions): (motion: MotionFrame, emphasis: Emphasis) => TargetFace {
  const { source, region } = options;
  const absolute = options.mode === 'absolute';
  const units = offsetUnits(measureProportions(source.canonical));
  const mask = regionMask(region);
  const neutral = absolute ? estimateNeutral(source) : source;
  const restingGap = absolute ? 0 : options.reference.features[FEATURE.lipGap]!;
  const driverAtRest = fromRotationVector(options.reference.pose);
  const driverAngles = toHeadAngles(driverAtRest);
  const sitterAngles = toHeadAngles(source.rotation);
  const moves = {
    pose: region === 'all' || region === 'pose',
    lips: region === 'all' || region === 'expression' || region === 'lips',
    eyes: region === 'all' || region === 'expression' || region === 'eyes',
  };

  const expression = (motion: MotionFrame, amplitude: number, speaking: number): Float32Array => {
    const canonical = source.canonical.slice();
    if (absolute) {
      for (let i = 0; i < canonical.length; i++) {
        const part = i < 3 * SKIN_POINTS ? mask[Math.floor(i / 3)]! : moves.eyes ? 1 : 0;
        canonical[i]! += Math.min(1, amplitude) * part * (neutral.canonical[i]! - canonical[i]!);
      }
    }
    const base = canonical.slice();
    for (let i = 0; i < SKIN_POINTS; i++) {
      const across = amplitude * mask[i]! * units.across[i]!;
      canonical[3 * i]! += across * motion.offsets[3 * i]!;
      canonical[3 * i + 1]! += amplitude * mask[i]! * units.down[i]! * motion.offsets[3 * i + 1]!;
      canonical[3 * i + 2]! += across * motion.offsets[3 * i + 2]!;
    }
    if (moves.lips) {
      const gap = motion.features[FEATURE.lipGap]!;
      const meant = absolute ? 1 : Math.max(speaking, Math.min(1, Math.max(0, (restingGap - gap) / CLOSING)));
      joinLips(canonical, lipContact(gap) * meant * Math.min(1, 2 * amplitude), base);
      keepThickness(canonical, base);
    }
    EYES.forEach((eye, side) => {
      for (const i of [...eye.upper, ...eye.lower]) canonical.set(base.subarray(3 * i, 3 * i + 3), 3 * i);
      if (!moves.eyes) return;
      moveLids(canonical, eye, motion.features[FEATURE.openness + side]!, motion.features[FEATURE.lowerLid + side]!, amplitude);
      const [along, down] = motion.features.subarray(FEATURE.gaze + 2 * side, FEATURE.gaze + 2 * side + 2) as unknown as [number, number];
      moveIris(canonical, eye, amplitude * along, amplitude * down);
    });
    return canonical;
  };

  // Angles are added, not matrices multiplied: a nod stays a nod, about the sitter's own ears, in a head painted in three-quarter view.
  const turned = (motion: MotionFrame, amplitude: number): Float32Array => {
    const now = toHeadAngles(multiply(fromRotationVector(motion.pose), driverAtRest));
    const change = (angle: keyof HeadAngles): number =>
      amplitude * now[angle] - (absolute ? Math.min(1, amplitude) * sitterAngles[angle] : amplitude * driverAngles[angle]);
    return fromHeadAngles(turnHead(sitterAngles, { yaw: change('yaw'), pitch: change('pitch'), roll: change('roll') }));
  };

  return (motion, { weight, speaking, confidence }) => {
    const amplitude = options.amplitude * weight;
    const shown = absolute ? composeMotion(options.reference, motion) : motion;
    let { canonical, rotation, scale, centre } = source;
    if (amplitude > 0) {
      canonical = expression(shown, amplitude, speaking);
      if (moves.pose) {
        rotation = turned(motion, amplitude);
        scale = source.scale * Math.exp(softLimit(amplitude * GROWTH_GAIN * motion.pose[5]!, GROWTH_LIMIT));
        centre = Float32Array.of(
          source.centre[0]! + source.scale * softLimit(amplitude * SHIFT_GAIN * motion.pose[3]!, SHIFT_LIMIT),
          source.centre[1]! + source.scale * softLimit(amplitude * SHIFT_GAIN * motion.pose[4]!, SHIFT_LIMIT),
          source.centre[2]!,
        );
      }
    }
    const state = { canonical, rotation, scale, centre };
    return { ...state, points: posePoints(state), confidence };
  };
}

import type { TargetFace } from '../core/motion.js';
import { GapBridge, type DrivenFrame, type Gap } from './bridge.js';
import { FixedLagSmoother, type SmoothedFrame } from './fixed-lag.js';
import { FEATURE } from './motion-frame.js';
import { createRetargeter, type RetargetOptions } from './retarget.js';

/** @see createMotionPlayer */
export interface PlayerOptions extends RetargetOptions {
  /** 0 (as measured) to 1. */
  readonly smooth: number;
  /** Frames a second of the driver. */
  readonly fps: number;
}

/** The sitter's face for one frame of the driver. */
export interface TargetStep {
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  readonly target: TargetFace;
}

/** Motion in, target faces out. */
export interface MotionPlayer {
  /** Takes the next frame; gives back the targets that are ready, in order: those of a little before; none while a gap is open. */
  push(frame: DrivenFrame): readonly TargetStep[];
  /** Ends the clip and gives back the rest. */
  flush(): readonly TargetStep[];
  /** Runs of frames in which the driver was not seen, so far. */
  readonly bridged: readonly Gap[];
}

/** Changes of the lip gap (distances between the eyes) that are silence, and those that are surely speech. */
const SILENT = 0.015;
const SPEAKING = 0.05;
/** After a movement of the mouth speech counts as certain for `SPEECH_FADE * ln(SPEECH_HOLD)` = 0.66 s, then fades as fast. */
const SPEECH_FADE = 0.6; // seconds to 37 %
const SPEECH_HOLD = 3;

/** Plays one performance on one sitter: closes gaps, smooths, retargets. */
export function createMotionPlayer(options: PlayerOptions): MotionPlayer {
  const bridge = new GapBridge();
  const smoother = new FixedLagSmoother(options.smooth, options.fps);
  const retarget = createRetargeter(options);
  const restingGap = options.reference.features[FEATURE.lipGap]!;
  let speech = 0;

  const show = (frame: SmoothedFrame): TargetStep => {
    const { motion, seconds } = frame;
    const opening = Math.abs(motion.features[FEATURE.lipGap]! - restingGap);
    const now = frame.weight * Math.min(1, Math.max(0, (opening - SILENT) / (SPEAKING - SILENT)));
    speech = Math.max(SPEECH_HOLD * now, speech * Math.exp(-seconds / SPEECH_FADE));
    const speaking = Math.min(1, speech);
    const confidence = frame.seen ? frame.weight : 0;
    return { index: frame.index, time: frame.time, target: retarget(motion, { weight: frame.weight, speaking, confidence }) };
  };

  return {
    push: (frame) => bridge.push(frame).flatMap((bridged) => smoother.push(bridged)).map(show),
    flush: () => [...bridge.flush().flatMap((bridged) => smoother.push(bridged)), ...smoother.flush()].map(show),
    get bridged() {
      return bridge.gaps;
    },
  };
}

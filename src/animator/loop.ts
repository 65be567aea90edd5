import type { FaceState, TargetFace } from '../core/motion.js';
import { slerp } from '../geometry/rotation.js';
import { posePoints } from '../motion/face-state.js';
import type { Performed } from './perform.js';

/** How long the motion takes to fade in and out, seconds. */
const FADE_SECONDS = 0.6;

/** 0 at `0`, 1 at `1`, no speed at either end. */
function smoothstep(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}

function mix(from: Float32Array, to: Float32Array, weight: number): Float32Array {
  return from.map((value, i) => value + weight * (to[i]! - value));
}

/** A face between rest (`weight` 0) and `target` (`weight` 1). */
export function easeFace(rest: FaceState, target: TargetFace, weight: number): TargetFace {
  if (weight >= 1) return target;
  const state: FaceState = {
    canonical: mix(rest.canonical, target.canonical, weight),
    rotation: slerp(rest.rotation, target.rotation, weight),
    scale: rest.scale * (target.scale / rest.scale) ** weight,
    centre: mix(rest.centre, target.centre, weight),
  };
  return { ...state, points: posePoints(state), confidence: target.confidence * weight };
}

/**
 * Makes a performance that starts and ends at rest, so that it can be played endlessly. Holds back as many frames as the
 * fade is long, because a stream tells its end only when it is there.
 */
export async function* loopPerformance(performance: AsyncIterable<Performed>, rest: FaceState, fps: number): AsyncGenerator<Performed> {
  const fade = Math.max(1, Math.round(FADE_SECONDS * fps));
  const held: Performed[] = [];
  const easedIn = (step: Performed): number => smoothstep(step.index / fade);
  try {
    for await (const step of performance) {
      held.push(step);
      if (held.length <= fade) continue;
      const next = held.shift()!;
      yield { ...next, target: easeFace(rest, next.target, easedIn(next)) };
    }
    while (held.length > 0) {
      const next = held.shift()!;
      // A clip shorter than both fades peaks where they meet.
      yield { ...next, target: easeFace(rest, next.target, Math.min(easedIn(next), smoothstep(held.length / fade))) };
    }
  } finally {
    for (const step of held) step.release();
  }
}

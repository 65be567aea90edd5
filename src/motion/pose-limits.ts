import type { HeadAngles } from '../geometry/rotation.js';

/** How far a picture may be turned away from its own pose, degrees: further, it would have to show what it doesn't hold. */
export const TURN_LIMITS: HeadAngles = { yaw: 28, pitch: 20, roll: 25 };
/** Beyond these angles (degrees) no head is turned further, however it was painted. */
export const HEAD_LIMITS: HeadAngles = { yaw: 50, pitch: 38, roll: 50 };
/** Near its own limit a head can still be moved this much of the turn limit. */
const LEAST_ROOM = 0.25;
/**
 * From the first to the second yaw (degrees) a head hides more and more of one cheek; turning it back would have to show that
 * cheek, so in that direction only the given share of the turn limit is left in the end.
 */
const HIDING_YAW = [8, 18] as const;
const HIDDEN_SIDE = 0.2;
/** Part of a limit up to which motion is passed on as it is. */
const FREE = 0.5;

/**
 * Head angles after a turn, softly limited: the turn is unchanged when small and never beyond the limits.
 *
 * @param head - the sitter's own angles, degrees
 * @param turn - wanted changes of them, degrees
 */
export function turnHead(head: HeadAngles, turn: HeadAngles): HeadAngles {
  const limited = (angle: keyof HeadAngles): number => {
    const room = HEAD_LIMITS[angle] - Math.sign(turn[angle]) * head[angle];
    return head[angle] + softLimit(turn[angle], Math.min(TURN_LIMITS[angle], Math.max(LEAST_ROOM * TURN_LIMITS[angle], room)));
  };
  return { yaw: turnsBack(head, turn) ? turnBack(head.yaw, turn.yaw) : limited('yaw'), pitch: limited('pitch'), roll: limited('roll') };
}

function turnsBack(head: HeadAngles, turn: HeadAngles): boolean {
  return Math.sign(turn.yaw) === -Math.sign(head.yaw);
}

function turnBack(yaw: number, turn: number): number {
  return yaw + softLimit(turn, TURN_LIMITS.yaw * (1 - hiddenCheek(yaw) * (1 - HIDDEN_SIDE)));
}

/** How much of its far cheek a head hides that is turned by `yaw` degrees: 0 from the front, 1 in three-quarter view. */
export function hiddenCheek(yaw: number): number {
  const [from, to] = HIDING_YAW;
  return Math.min(1, Math.max(0, (Math.abs(yaw) - from) / (to - from)));
}

/** `x` near zero, never beyond `limit` (both signs): a straight line, then a tanh with the same slope. */
export function softLimit(x: number, limit: number): number {
  const size = Math.abs(x);
  const free = FREE * limit;
  return size <= free ? x : Math.sign(x) * (free + (limit - free) * Math.tanh((size - free) / (limit - free)));
}

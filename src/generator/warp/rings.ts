/**
 * Rings around the face outline that carry hair, ears, neck and shoulders.
 *
 * Each ring is the outline scaled about the face centre. How rigidly it follows the head and how deep it lies depends on the
 * direction: the skull goes on upwards, ears and hair sideways, the neck downwards, where the body takes over.
 */

/** Scales of the rings relative to the face outline (1 = the outline itself). The last ring never moves. */
export const RING_SCALES = [1.1, 1.22, 1.38, 1.58, 1.85, 2.2, 2.65] as const;

/** What a ring does in one of the three directions. */
interface Direction {
  /** The head goes on rigidly up to this scale... */
  readonly rigidTo: number;
  /** ...and has no influence from this one on. */
  readonly stillFrom: number;
  /** Depth behind the outline, canonical units, at scale 2; grows with the square root of the distance. */
  readonly depth: number;
}

const UP: Direction = { rigidTo: 1.45, stillFrom: 2.2, depth: 1.5 };
const SIDE: Direction = { rigidTo: 1.2, stillFrom: 1.95, depth: 1.3 };
const DOWN: Direction = { rigidTo: 1.0, stillFrom: 2.3, depth: 1.0 };

/** How a ring vertex follows the head. */
export interface RingBehaviour {
  /** 0 = part of the background, 1 = moves with the skull. */
  readonly rigid: number;
  /** 0..1: how much of the neighbouring outline point's expression (jaw) it follows. */
  readonly expression: number;
  /** Canonical units behind the outline. */
  readonly depth: number;
}

function smoothstep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/**
 * @param scale - distance from the face centre relative to the outline, >= 1.
 * @param upward - cosine of the direction to the top of the head: 1 up, 0 sideways, -1 down.
 */
export function ringBehaviour(scale: number, upward: number): RingBehaviour {
  const up = Math.max(0, upward) ** 1.5;
  const down = Math.max(0, -upward) ** 1.5;
  const side = Math.max(0, 1 - up - down);
  const mix = (key: keyof Direction): number => up * UP[key] + side * SIDE[key] + down * DOWN[key];
  return {
    rigid: 1 - smoothstep(mix('rigidTo'), mix('stillFrom'), scale),
    expression: 1 - smoothstep(0.95, 1.75, scale),
    depth: mix('depth') * Math.sqrt(Math.max(0, scale - 1)),
  };
}

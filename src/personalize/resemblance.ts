import type { FaceState } from '../core/motion.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../geometry/face-topology.js';

const MIDDLE = Math.floor(INNER_LIP_UPPER.length / 2);

/** The photos by how far face and pose are from the first one's, farthest first. */
export function unlikeFirst(states: readonly FaceState[]): readonly number[] {
  const distance = states.map((state) => apart(states[0]!, state));
  return [...states.keys()].sort((a, b) => distance[b]! - distance[a]!);
}

/** The photo with the most closed mouth: what a driver at rest looks like. */
export function nearestToRest(states: readonly FaceState[]): number {
  const gaps = states.map(({ canonical }) => Math.abs(canonical[INNER_LIP_LOWER[MIDDLE]! * 3 + 1]! - canonical[INNER_LIP_UPPER[MIDDLE]! * 3 + 1]!));
  return gaps.indexOf(Math.min(...gaps));
}

function apart(a: FaceState, b: FaceState): number {
  let sum = 0;
  for (let i = 0; i < a.canonical.length; i++) if (i % 3 < 2) sum += (a.canonical[i]! - b.canonical[i]!) ** 2;
  let trace = 0;
  for (let i = 0; i < 9; i++) trace += a.rotation[i]! * b.rotation[i]!;
  return Math.sqrt((3 * sum) / (2 * a.canonical.length)) + 0.25 * Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2)));
}

import type { FaceState } from '../core/motion.js';
import { eyeDistance } from '../geometry/face-bounds.js';
import { lipDistance, lipsOf } from './reference.js';

/** Photos whose lips disagree by this much count a quarter, distances between the eyes. */
const TOLERANCE = 0.015;
/** Photos that the canvas counts for: it is the one that moves, and the driver was matched with it first. */
const CANVAS = 2;
const ROUNDS = 3;

/**
 * The driver at rest for the first of several photos of one sitter, each of which was matched with the driver.
 *
 * What sitter and driver at rest differ by is who they are, which is the same in all photos, and what the match and the detector got
 * wrong, which isn't. So it is taken as the mean over the photos; those that contradict the others (a grin that the driver never does)
 * count little (iteratively reweighted, Geman and McClure's weights).
 *
 * @param photos - of the sitter, the canvas first
 * @param rests - the driver at rest for each of them
 * @returns the first of `rests`, with another canonical face
 */
export function commonRest(photos: readonly FaceState[], rests: readonly FaceState[]): FaceState {
  const [canvas, rest] = [photos[0]!, rests[0]!];
  if (photos.length === 1) return rest;
  const differences = photos.map(({ canonical }, k) => canonical.map((value, i) => value - rests[k]!.canonical[i]!));
  const unit = TOLERANCE * eyeDistance(rest.canonical);
  let common = differences[0]!;
  for (let round = 0; round < ROUNDS; round++) {
    const weights = differences.map((difference, k) => (k === 0 ? CANVAS : 1) / (1 + (lipDistance(lipsOf(difference), lipsOf(common)) / unit) ** 2) ** 2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    common = common.map((_, i) => differences.reduce((sum, difference, k) => sum + (weights[k]! / total) * difference[i]!, 0));
  }
  return { ...rest, canonical: canvas.canonical.map((value, i) => value - common[i]!) };
}

import type { FaceState } from '../core/motion.js';
import { eyeDistance } from '../geometry/face-bounds.js';
import { EYES } from '../geometry/face-topology.js';
import { identityRotation } from '../geometry/rotation.js';
import { CANONICAL_SHAPE, SKIN_POINTS } from './canonical-shape.js';
import { eyeFrame, inEye, openness } from './eye-frame.js';
import { setOpenness } from './lids.js';
import { joinLips } from './lips.js';
import { EYE_WEIGHTS, LIP_WEIGHT, proximity } from './regions.js';

/** Openings of a resting eye, in its widths. */
const RESTING_OPENNESS = [0.24, 0.34] as const;
/** By how much a resting mouth's corners and brows may differ from the average face's, in distances between the eyes. */
const USUAL_CORNERS = 0.02;
const USUAL_BROWS = 0.035;
/** Place of a resting iris along the eye, in its widths. */
const RESTING_GAZE = 0.5;

const BROW_POINTS = [63, 105, 66, 293, 334, 296] as const;
/** How far each skin point goes with the brows: 1 on them, fading over the forehead and towards the lids. `[468]` */
const BROW_REACH = proximity(BROW_POINTS, 2.5);
const AVERAGE = { corners: cornerHeight(CANONICAL_SHAPE), brows: browHeight(CANONICAL_SHAPE) };

/**
 * The same person with a resting face, looking straight at the camera, guessed from one picture.
 *
 * What lies within the usual range of resting faces is taken for the person's own shape, only the excess for expression:
 * parted lips are joined, lids brought to a normal opening, corners of the mouth and brows to usual heights, eyes centred.
 */
export function estimateNeutral(state: FaceState): FaceState {
  const canonical = state.canonical.slice();
  joinLips(canonical, 1, canonical);
  const interOcular = eyeDistance(canonical);
  const corners = excess(cornerHeight(canonical) - AVERAGE.corners, USUAL_CORNERS) * interOcular;
  const brows = excess(browHeight(canonical) - AVERAGE.brows, USUAL_BROWS) * interOcular;
  for (let i = 0; i < SKIN_POINTS; i++) {
    // Corners turn up with their distance from the middle of the mouth.
    const aside = Math.min(1, Math.abs(CANONICAL_SHAPE[3 * i]! / CANONICAL_SHAPE[3 * 291]!));
    canonical[3 * i + 1]! += corners * LIP_WEIGHT[i]! * aside * aside + brows * BROW_REACH[i]! * (1 - Math.max(EYE_WEIGHTS[0][i]!, EYE_WEIGHTS[1][i]!));
  }
  for (const eye of EYES) {
    const frame = eyeFrame(canonical, eye);
    const open = openness(canonical, eye, frame);
    setOpenness(canonical, eye, open, Math.min(RESTING_OPENNESS[1], Math.max(RESTING_OPENNESS[0], open)));
    const shift = (RESTING_GAZE - inEye(canonical, eye.iris[0], frame)[0]) * frame.width;
    for (const i of eye.iris) {
      canonical[3 * i]! += shift * frame.alongX;
      canonical[3 * i + 1]! += shift * frame.alongY;
    }
  }
  return { canonical, rotation: identityRotation(), scale: state.scale, centre: state.centre.slice() };
}

/** How high the corners of the mouth are above the lip line, in distances between the eyes. */
function cornerHeight(points: Float32Array): number {
  return ((points[3 * 13 + 1]! + points[3 * 14 + 1]!) / 2 - (points[3 * 61 + 1]! + points[3 * 291 + 1]!) / 2) / eyeDistance(points);
}

/** How high the brows are above the line of the eyes, in distances between the eyes. */
function browHeight(points: Float32Array): number {
  let brows = 0;
  for (const i of BROW_POINTS) brows += points[3 * i + 1]! / BROW_POINTS.length;
  return ((points[3 * 33 + 1]! + points[3 * 263 + 1]!) / 2 - brows) / eyeDistance(points);
}

/** The part of `value` that lies beyond +-`usual`. */
function excess(value: number, usual: number): number {
  return Math.sign(value) * Math.max(0, Math.abs(value) - usual);
}

// What a face does in one frame, as numbers. All lengths are measured in the picture, as parts of the distance between the outer
// corners of the eyes, so that near and far faces compare.
import { inEye, eyeFrame } from '../../../dist/motion/eye-frame.js';
import { faceState } from '../../../dist/motion/face-state.js';
import { EYES } from '../../../dist/geometry/face-topology.js';
import { toHeadAngles } from '../../../dist/geometry/rotation.js';

/** Signals whose fidelity is reported, and how much the driver must move (standard deviation) for it to mean something. */
export const SIGNALS = { mouthOpen: 0.01, mouthWide: 0.008, smile: 0.006, lids: 0.05, brow: 0.006, gaze: 0.01, yaw: 0.7, pitch: 0.7, roll: 0.5 };
/** Radius of an eyeball as a part of the width of the eye between its corners: 12 mm of about 29 mm. */
const EYEBALL = 0.41;
const DEGREES = 180 / Math.PI;

/**
 * @param points - `[478, 3]` pixels
 * @returns signals of {@link SIGNALS}, but lids by side (`eyeL`, `eyeR`, not yet divided by their usual opening); `scale` in
 * pixels; `look`: where both eyes look relative to the head, degrees to image right and down
 */
export function signalsOf(points) {
  const at = (i) => [points[3 * i], points[3 * i + 1]];
  const distance = (a, b) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  const scale = distance(33, 263);
  /** Place of a point along the line from a to b, 0..1. */
  const along = (a, b, i) => {
    const [ax, ay] = at(a);
    const [ux, uy] = [at(b)[0] - ax, at(b)[1] - ay];
    return ((at(i)[0] - ax) * ux + (at(i)[1] - ay) * uy) / (ux * ux + uy * uy);
  };
  const state = faceState({ points, rotation: new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1]) });
  const { yaw, pitch, roll } = toHeadAngles(state.rotation);
  const { canonical } = state;
  const unit = Math.hypot(canonical[3 * 263] - canonical[3 * 33], canonical[3 * 263 + 1] - canonical[3 * 33 + 1]);
  const high = (i) => canonical[3 * i + 1] / unit;
  return {
    mouthOpen: distance(13, 14) / scale,
    mouthWide: distance(61, 291) / scale,
    // Corners of the mouth that rise above the middle of the upper lip, in the head's own axes.
    smile: high(0) - (high(61) + high(291)) / 2,
    eyeL: distance(159, 145) / scale,
    eyeR: distance(386, 374) / scale,
    brow: (distance(105, 159) + distance(334, 386)) / scale / 2,
    gaze: (along(33, 133, 468) + along(362, 263, 473)) / 2,
    yaw,
    pitch,
    roll,
    scale,
    look: lookOf(canonical),
  };
}

/** Degrees, from where both irises lie between the corners of their eyes. */
function lookOf(canonical) {
  const places = EYES.map((eye) => inEye(canonical, eye.iris[0], eyeFrame(canonical, eye)));
  const angle = (shift) => Math.asin(Math.min(1, Math.max(-1, shift / EYEBALL))) * DEGREES;
  return [angle((places[0][0] + places[1][0]) / 2 - 0.5), angle((places[0][1] + places[1][1]) / 2)];
}

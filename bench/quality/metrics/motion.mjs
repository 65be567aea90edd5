// How well one series of faces follows another: fidelity, gaze error, jitter.
import { mean, quantile, regression, roughness } from './series.mjs';
import { SIGNALS } from './signals.mjs';

/** An eye opened less than this part of its usual opening hides where it looks. */
const HIDDEN = 0.45;
const USUAL = 0.9; // quantile

/**
 * Adds `lids`: the mean opening of both eyes, each divided by its own 90th percentile over the clip, so that narrow and wide
 * eyes compare.
 *
 * @param faces - signals by frame, `undefined` where no face was found
 */
export function withLids(faces) {
  const seen = faces.filter(Boolean);
  if (seen.length === 0) return faces;
  const usual = (side) => Math.max(1e-6, quantile(seen.map((face) => face[side]), USUAL));
  const [left, right] = [usual('eyeL'), usual('eyeR')];
  return faces.map((face) => face && { ...face, lids: (face.eyeL / left + face.eyeR / right) / 2 });
}

/** `{ [signal]: { r, slope } }` of `output` on `driver`, frame by frame; signals that the driver hardly moves are left out. */
export function fidelity(driver, output) {
  const both = pairs(driver, output);
  const result = {};
  for (const [name, least] of Object.entries(SIGNALS)) {
    const found = regression(both.map(([d]) => d[name]), both.map(([, o]) => o[name]), least);
    if (found) result[name] = found;
  }
  return result;
}

/** Mean angle between where `output` and `truth` look, degrees; frames with hidden irises are left out. */
export function gazeError(truth, output) {
  const errors = pairs(truth, output)
    .filter(([t]) => t.lids > HIDDEN)
    .map(([t, o]) => Math.hypot(t.look[0] - o.look[0], t.look[1] - o.look[1]));
  return errors.length === 0 ? undefined : mean(errors);
}

/** Second differences of pose and size, output's as a part of the driver's: below 1 is calmer than the driver. */
export function jitter(driver, output) {
  const result = {};
  for (const name of ['yaw', 'pitch', 'roll', 'scale']) {
    const own = roughness(output.map((face) => face && part(face, name, output)));
    const given = roughness(driver.map((face) => face && part(face, name, driver)));
    if (own !== undefined && given > 0) result[name] = own / given;
  }
  return result;
}

function part(face, name, faces) {
  return name === 'scale' ? face.scale / faces.find(Boolean).scale : face[name];
}

function pairs(a, b) {
  return a.flatMap((face, i) => (face && b[i] ? [[face, b[i]]] : []));
}

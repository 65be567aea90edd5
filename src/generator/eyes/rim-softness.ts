import { curveAt, type Opening } from '../../geometry/opening.js';

/** Radii between which the rim is looked for, and their number. */
const FROM = 0.55;
const TO = 1.5;
const STEPS = 39;
/** Directions looked along, radians from the eye's axis, to both sides: where lids seldom cover the rim. */
const DIRECTIONS = [-0.35, -0.2, 0, 0.2, 0.35, 0.5] as const;
/** How far inside the lids a sample must lie to count, eye widths. */
const CLEAR = 0.02;
/** Below this step between iris and white (of 255) there is no rim to measure. */
const LEAST_STEP = 14;

/**
 * How soft the photo's own edges are at the eye: the width of the ramp from iris to white, eye widths. What is drawn with harder edges than its
 * neighbourhood looks cut out and pasted in.
 *
 * Between 20 and 80 % of the mean step along {@link DIRECTIONS}, extended to the whole ramp of a linear one.
 *
 * @param at - luminance of the photo at eye-frame coordinates
 * @returns `[sharpest, softest]`-bounded; `sharpest` where the rim can't be seen
 */
export function measureRim(
  at: (a: number, b: number) => number,
  opening: Opening,
  iris: { readonly irisA: number; readonly irisB: number; readonly irisRadius: number },
  [sharpest, softest]: readonly [number, number],
): number {
  const sums = new Float64Array(STEPS);
  const counts = new Float64Array(STEPS);
  for (const side of [-1, 1]) {
    for (const direction of DIRECTIONS) {
      for (let s = 0; s < STEPS; s++) {
        const d = iris.irisRadius * (FROM + ((TO - FROM) * s) / (STEPS - 1));
        const a = iris.irisA + side * d * Math.cos(direction);
        const b = iris.irisB + d * Math.sin(direction);
        if (Math.abs(a) > 0.44 || b - curveAt(opening.upper, a) < CLEAR || curveAt(opening.lower, a) - b < CLEAR) break;
        sums[s]! += at(a, b);
        counts[s]! += 1;
      }
    }
  }
  const seen = counts.findIndex((n) => n === 0);
  const profile = Array.from(sums.subarray(0, seen < 0 ? STEPS : seen), (sum, s) => sum / counts[s]!);
  const dark = Math.min(...profile.slice(0, STEPS / 3));
  const light = Math.max(...profile);
  if (profile.length < STEPS / 2 || light - dark < LEAST_STEP) return sharpest;
  const crossing = (level: number): number => {
    const k = profile.findIndex((value, s) => s > 0 && value >= level && profile[s - 1]! < level);
    return k < 0 ? 0 : k - (profile[k]! - level) / (profile[k]! - profile[k - 1]!);
  };
  const ramp = (crossing(dark + 0.8 * (light - dark)) - crossing(dark + 0.2 * (light - dark))) / 0.6;
  return Math.min(softest, Math.max(sharpest, ramp * iris.irisRadius * ((TO - FROM) / (STEPS - 1))));
}

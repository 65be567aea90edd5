import type { Frame } from '../../core/frame.js';
import { EYE_LEFT, EYE_RIGHT } from '../../geometry/face-topology.js';
import type { EyeTopology } from '../../geometry/face-topology.js';
import { SHIFTS, SHIFT_STEP, ShiftEvidence } from './iris-evidence.js';
import { EyeWindow } from './iris-window.js';

/** Standard deviation of the model's error along the eye, iris radii. */
const SHIFT_PRIOR = 0.35;
/** Standard deviation of the difference between the two irises' errors, iris radii: eyes look together. */
const COUPLING = 0.3;

/** The lids that a network reports follow the irises by this part of their way; real eye corners stay (docs/landmarks.md). */
const DRAG = 0.15;

/**
 * Moves irises to where the picture shows them.
 *
 * The networks see an eye some 20 pixels wide and place its iris to a few hundredths of its width (docs/landmarks.md). For each
 * shift of each iris its likelihood is read from the pixels between the lids; with the model's own position as the prior, and
 * both eyes coupled, the expected shift is taken. Where the picture says little (closed, tiny, blurred, glare) that is no shift.
 */
export class IrisRefiner {
  readonly #windows = [new EyeWindow(), new EyeWindow()] as const;
  readonly #evidence = [new ShiftEvidence(), new ShiftEvidence()] as const;
  readonly #expected = new Float64Array(4);

  /**
   * Moves both irises of a face, centre and rim alike, and then its lids back from where the irises drew them, in place.
   *
   * @param points - `[478, 3]` pixels of `frame`
   */
  refine(frame: Frame, points: Float32Array): void {
    this.#look(frame, points, EYE_LEFT, 0);
    this.#look(frame, points, EYE_RIGHT, 1);
    this.#expect();
    this.#move(points, EYE_LEFT, 0);
    this.#move(points, EYE_RIGHT, 1);
    releaseLids(points);
  }

  #look(frame: Frame, points: Float32Array, eye: EyeTopology, side: 0 | 1): void {
    if (this.#windows[side].look(frame, points, eye)) this.#evidence[side].read(this.#windows[side]);
    else this.#evidence[side].clear();
  }

  /** Expected shift and drop of both irises over their joint posterior. */
  #expect(): void {
    const [first, second] = this.#evidence;
    const expected = this.#expected.fill(0);
    const highest = Math.max(...first.logLikelihood) + Math.max(...second.logLikelihood);
    let sum = 0;
    for (let i = 0; i < SHIFTS; i++) {
      const a = (i - (SHIFTS - 1) / 2) * SHIFT_STEP;
      for (let j = 0; j < SHIFTS; j++) {
        const b = (j - (SHIFTS - 1) / 2) * SHIFT_STEP;
        const prior = (a * a + b * b) / SHIFT_PRIOR ** 2 + ((a - b) / COUPLING) ** 2;
        const share = Math.exp(first.logLikelihood[i]! + second.logLikelihood[j]! - highest - prior / 2);
        sum += share;
        expected[0]! += share * a;
        expected[1]! += share * first.drop[i]!;
        expected[2]! += share * b;
        expected[3]! += share * second.drop[j]!;
      }
    }
    for (let k = 0; k < 4; k++) expected[k]! /= sum;
  }

  #move(points: Float32Array, eye: EyeTopology, side: 0 | 1): void {
    const { axisX, axisY, radiusU, radiusV, count } = this.#windows[side];
    if (count === 0) return;
    const along = this.#expected[2 * side]! * radiusU;
    const across = this.#expected[2 * side + 1]! * radiusV;
    for (const point of eye.iris) {
      points[3 * point]! += along * axisX - across * axisY;
      points[3 * point + 1]! += along * axisY + across * axisX;
    }
  }
}

/** Moves the lids of both eyes against the gaze, each along the line between its corners. */
function releaseLids(points: Float32Array): void {
  const part = (-DRAG * (sideways(points, EYE_LEFT) + sideways(points, EYE_RIGHT))) / 2;
  for (const { corners, upper, lower, upperRing, lowerRing } of [EYE_LEFT, EYE_RIGHT]) {
    const x = part * (points[3 * corners[1]]! - points[3 * corners[0]]!);
    const y = part * (points[3 * corners[1] + 1]! - points[3 * corners[0] + 1]!);
    shift(points, upper, 0, x, y);
    shift(points, lower, 1, x, y);
    shift(points, upperRing, 0, x, y);
    shift(points, lowerRing, 1, x, y);
  }
}

/** Where an iris lies between the corners of its eye, -0.5 at image left to 0.5. */
function sideways(points: Float32Array, { corners: [from, to], iris: [centre] }: EyeTopology): number {
  const x = points[3 * to]! - points[3 * from]!;
  const y = points[3 * to + 1]! - points[3 * from + 1]!;
  const along = (points[3 * centre]! - points[3 * from]!) * x + (points[3 * centre + 1]! - points[3 * from + 1]!) * y;
  const square = x * x + y * y;
  return square > 0 ? along / square - 0.5 : 0;
}

/** Upper and lower lines share their ends: `skip` leaves out that many points at both. */
function shift(points: Float32Array, line: readonly number[], skip: number, x: number, y: number): void {
  for (let i = skip; i < line.length - skip; i++) {
    points[3 * line[i]!]! += x;
    points[3 * line[i]! + 1]! += y;
  }
}

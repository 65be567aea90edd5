import { VivantError } from '../core/errors.js';
import type { FaceState } from '../core/motion.js';
import { eyeDistance } from '../geometry/face-bounds.js';
import { EYES } from '../geometry/face-topology.js';
import { fromHeadAngles, toHeadAngles } from '../geometry/rotation.js';
import { SKIN_POINTS } from './canonical-shape.js';
import { eyeFrame, inEye, openness } from './eye-frame.js';
import { LIP_POINTS } from './lip-columns.js';
import { lipGap } from './lips.js';
import { hiddenCheek } from './pose-limits.js';
import { measureProportions, offsetUnits } from './proportions.js';

/** Deviations that cost as much as one another. */
const TOLERANCE = {
  turn: 12, // degrees from looking at the camera
  turnFromSitter: 17, // degrees from the sitter's pose
  gap: 0.02, // distances between the eyes
  gapOfSitter: 0.03, // distances between the eyes, from how far the sitter's lips are parted
  closing: 0.057, // eye widths
  widening: 0.085, // eye widths
  lips: 0.04, // root mean square, head units, from how they usually rest
  lipsOfSitter: 0.1, // root mean square, head units of an average face, from the sitter's
  gaze: 0.12, // eye widths, from where the driver usually looks
  gazeOfSitter: 0.04, // eye widths
} as const;
/** How much it counts that a driver rests, once it is known what the sitter does: to rest is only a guess of that. */
const RESTING = 1 / 8;
/** Which of all seen openings counts as plainly open: above the middle (people blink), below the widest (they wonder). */
const OPEN_QUANTILE = 0.65;

interface Look {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly gap: number;
  readonly open: number;
  /** Along and across the eye. */
  readonly gaze: readonly [number, number];
}
const ANGLES = ['yaw', 'pitch', 'roll'] as const;

/** @see chooseReference */
export interface Reference {
  /** Of the best candidate. */
  readonly index: number;
  /**
   * The driver at rest: the mean of the candidates' canonical faces, each weighted by how near it comes; irises by how nearly they look
   * the sitter's way; turn, size and place are the best candidate's, but where the sitter is in three-quarter view those which the head usually has.
   */
  readonly rest: FaceState;
  /** How much each candidate counts in `rest`'s canonical face, 0..1; their sum is 1. */
  readonly shares: Float32Array;
}

/**
 * Finds the driver at rest, doing most nearly what the sitter does: looking at the camera or the way the sitter looks, mouth shut and
 * held like the sitter's, eyes plainly open, the rest of the face as it is most of the time. Everything else is told from it, so a
 * clip that starts in mid-word or mid-blink doesn't start its portrait there. What sitter and reference do differently stays wrong
 * in every frame ("best frame" in Siarohin et al., "First Order Motion Model", NeurIPS 2019), and so does what the detector
 * misread in it: that is why the face is a mean.
 *
 * @param candidates - faces of one driver, spread over the clip
 * @param sitter - as painted; undefined where nobody knows yet who will be driven
 * @throws VivantError `NO_FACE` when there is no candidate
 */
export function chooseReference(candidates: readonly FaceState[], sitter: FaceState | undefined): Reference {
  if (candidates.length === 0) {
    throw new VivantError('NO_FACE', 'Expected at least one frame with a face to choose the reference from but received none; use a driver that shows a face.');
  }
  const looks = candidates.map(look);
  const usual = usualLook(looks);
  const aim = sitter && { ...look(sitter), lips: ownLips(sitter) };
  const costs = costsOf(candidates, looks, usual, aim);
  const index = costs.indexOf(Math.min(...costs));
  const canonical = new Float32Array(candidates[index]!.canonical.length);
  const states = candidates.map((candidate) => candidate.canonical);
  const shares = sharesOf(costs);
  mean(states, shares, canonical);
  if (aim) {
    // Where people look has little to do with how the rest of their face is held.
    const away = looks.map((l) => Math.hypot(l.gaze[0] - aim.gaze[0], l.gaze[1] - aim.gaze[1]) / TOLERANCE.gazeOfSitter);
    const squint = looks.map((l) => Math.max(0, usual.open - l.open) / TOLERANCE.closing);
    mean(states, sharesOf(away.map((distance, i) => distance ** 2 + RESTING * squint[i]! ** 2)), canonical, 3 * SKIN_POINTS);
  }
  // In three-quarter view a head is turned back very little: a driver who mostly looks aside would hold it at that limit.
  const share = aim ? 1 - hiddenCheek(aim.yaw) : 1;
  return { index, shares, rest: { canonical, ...placeAtRest(candidates, looks.map(turnedAway), index, share) } };
}

/** `share` of the best candidate's place; the rest of where the head is, mostly, when it faces the camera. */
function placeAtRest(candidates: readonly FaceState[], turned: readonly number[], best: number, share: number): Pick<FaceState, 'rotation' | 'scale' | 'centre'> {
  const places = candidates.map(({ rotation, scale, centre }) => {
    const { yaw, pitch, roll } = toHeadAngles(rotation);
    return Float32Array.of(yaw, pitch, roll, Math.log(scale), ...centre);
  });
  const usual = mean(places, sharesOf(turned), new Float32Array(7));
  const place = usual.map((value, k) => value + share * (places[best]![k]! - value));
  const [yaw, pitch, roll, size, ...centre] = place as unknown as [number, number, number, number, number, number, number];
  return { rotation: fromHeadAngles({ yaw, pitch, roll }), scale: Math.exp(size), centre: Float32Array.from(centre) };
}

/** Squared, in tolerances. */
function unlikeTurn(l: Look, other: Look): number {
  return ANGLES.reduce((sum, angle) => sum + ((l[angle] - other[angle]) / TOLERANCE.turnFromSitter) ** 2, 0);
}

/** Squared, in tolerances. */
function turnedAway(l: Look): number {
  return ANGLES.reduce((sum, angle) => sum + (l[angle] / TOLERANCE.turn) ** 2, 0);
}

/** `exp(-cost)`, scaled to a sum of 1. */
function sharesOf(costs: readonly number[]): Float32Array {
  const least = Math.min(...costs);
  const shares = Float32Array.from(costs, (cost) => Math.exp(least - cost));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** Mean of `states` from one number on. */
function mean(states: readonly Float32Array[], shares: Float32Array, out: Float32Array, from = 0): Float32Array {
  out.fill(0, from);
  states.forEach((state, k) => {
    for (let i = from; i < out.length; i++) out[i]! += shares[k]! * state[i]!;
  });
  return out;
}

/** What is plainly open and looks ahead, for one driver. */
function usualLook(looks: readonly Look[]): { readonly open: number; readonly gaze: number } {
  return { open: quantile(looks.map((l) => l.open), OPEN_QUANTILE), gaze: quantile(looks.map((l) => l.gaze[0]), 0.5) };
}

/** What each candidate costs as the face at rest; `aim`: what the sitter does, with lips in the sitter's proportions. */
function costsOf(
  candidates: readonly FaceState[],
  looks: readonly Look[],
  { open, gaze }: { readonly open: number; readonly gaze: number },
  aim: (Look & { readonly lips: Float32Array }) | undefined,
): number[] {
  // Open mouths have other shapes: only the most shut third tells how the lips usually rest.
  const shut = quantile(looks.map((l) => l.gap), 1 / 3);
  const usual = medianLips(candidates.filter((_, i) => looks[i]!.gap <= shut));
  return candidates.map((candidate, i) => {
    const l = looks[i]!;
    const turned = turnedAway(l);
    const lid = l.open < open ? (open - l.open) / TOLERANCE.closing : (l.open - open) / TOLERANCE.widening;
    const unrest =
      lid ** 2 +
      ((l.gaze[0] - gaze) / TOLERANCE.gaze) ** 2 +
      (lipDistance(lipsOf(candidate.canonical), usual) / TOLERANCE.lips) ** 2;
    if (aim === undefined) return turned + unrest + (Math.max(0, l.gap) / TOLERANCE.gap) ** 2;
    const unlike =
      unlikeTurn(l, aim) +
      ((Math.max(0, l.gap) - Math.max(0, aim.gap)) / TOLERANCE.gapOfSitter) ** 2 +
      (lipDistance(ownLips(candidate), aim.lips) / TOLERANCE.lipsOfSitter) ** 2;
    return turned + unlike + RESTING * unrest;
  });
}

function look({ canonical, rotation }: FaceState): Look {
  const frames = EYES.map((eye) => eyeFrame(canonical, eye));
  const gazeAlong = (axis: 0 | 1): number => EYES.reduce((sum, eye, i) => sum + inEye(canonical, eye.iris[0], frames[i]!)[axis] / 2, 0);
  return {
    ...toHeadAngles(rotation),
    gap: lipGap(canonical, eyeDistance(canonical)),
    // One shut eye spoils a face as much as two.
    open: Math.min(...EYES.map((eye, i) => openness(canonical, eye, frames[i]!))),
    gaze: [gazeAlong(0), gazeAlong(1)],
  };
}

/** `[LIP_POINTS, 2]` head units. Depth is left out: it wanders. */
export function lipsOf(canonical: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * LIP_POINTS.length }, (_, k) => canonical[3 * LIP_POINTS[k >> 1]! + (k & 1)]!);
}

/** The same in the owner's proportions, as an average face would show them. */
function ownLips(state: FaceState): Float32Array {
  const { across, down } = offsetUnits(measureProportions(state.canonical));
  return lipsOf(state.canonical).map((value, k) => value / (k & 1 ? down : across)[LIP_POINTS[k >> 1]!]!);
}

function medianLips(candidates: readonly FaceState[]): Float32Array {
  const lips = candidates.map(({ canonical }) => lipsOf(canonical));
  return lips[0]!.map((_, k) => quantile(lips.map((one) => one[k]!), 0.5));
}

/** Root mean square. */
export function lipDistance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0) / LIP_POINTS.length);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))]!;
}

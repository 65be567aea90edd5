import { VivantError } from '../core/errors.js';
import type { FaceState } from '../core/motion.js';
import { EYES } from '../geometry/face-topology.js';
import { toHeadAngles } from '../geometry/rotation.js';
import { eyeFrame, inEye, openness } from './eye-frame.js';
import { LIP_POINTS } from './lip-columns.js';
import { lipGap } from './lips.js';

/** Deviations that cost as much as one another. */
const TOLERANCE = {
  turn: 12, // degrees from looking at the camera, and from the sitter's pose
  gap: 0.02, // distances between the eyes
  closing: 0.04, // eye widths
  widening: 0.06, // eye widths
  lips: 0.04, // root mean square, head units
  gaze: 0.06, // eye widths
} as const;
/** Which of all seen openings counts as plainly open: above the middle (people blink), below the widest (they wonder). */
const OPEN_QUANTILE = 0.65;

interface Look {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly gap: number;
  readonly open: number;
  readonly gaze: number;
}

/**
 * Picks the face in which the driver is most at rest: looking at the camera or the way the sitter looks, mouth shut, eyes plainly
 * open, the rest of the face as it is most of the time. Everything else is told from it, so a clip that starts in mid-word or
 * mid-blink doesn't start its portrait there.
 *
 * @param candidates - faces of one driver, spread over the clip
 * @returns index into `candidates`
 * @throws VivantError `NO_FACE` when there is none
 */
export function chooseReference(candidates: readonly FaceState[], source: FaceState): number {
  if (candidates.length === 0) {
    throw new VivantError('NO_FACE', 'Expected at least one frame with a face to choose the reference from but received none; use a driver that shows a face.');
  }
  const looks = candidates.map(look);
  const sitter = look(source);
  const open = quantile(looks.map((l) => l.open), OPEN_QUANTILE);
  const gaze = quantile(looks.map((l) => l.gaze), 0.5);
  // Open mouths have other shapes: only the most shut third tells how the lips usually rest.
  const shut = quantile(looks.map((l) => l.gap), 1 / 3);
  const usual = medianLips(candidates.filter((_, i) => looks[i]!.gap <= shut));
  const costs = looks.map((l, i) => {
    const away = (angle: 'yaw' | 'pitch' | 'roll'): number => (l[angle] / TOLERANCE.turn) ** 2 + 0.5 * ((l[angle] - sitter[angle]) / TOLERANCE.turn) ** 2;
    const lid = l.open < open ? (open - l.open) / TOLERANCE.closing : (l.open - open) / TOLERANCE.widening;
    return (
      away('yaw') +
      away('pitch') +
      away('roll') +
      (Math.max(0, l.gap) / TOLERANCE.gap) ** 2 +
      lid ** 2 +
      0.5 * ((l.gaze - gaze) / TOLERANCE.gaze) ** 2 +
      (lipDistance(candidates[i]!, usual) / TOLERANCE.lips) ** 2
    );
  });
  return costs.indexOf(Math.min(...costs));
}

function look({ canonical, rotation }: FaceState): Look {
  const frames = EYES.map((eye) => eyeFrame(canonical, eye));
  const interOcular = Math.hypot(canonical[3 * 263]! - canonical[3 * 33]!, canonical[3 * 263 + 1]! - canonical[3 * 33 + 1]!);
  return {
    ...toHeadAngles(rotation),
    gap: lipGap(canonical, interOcular),
    // One shut eye spoils a face as much as two.
    open: Math.min(...EYES.map((eye, i) => openness(canonical, eye, frames[i]!))),
    gaze: EYES.reduce((sum, eye, i) => sum + inEye(canonical, eye.iris[0], frames[i]!)[0] / 2, 0),
  };
}

function medianLips(candidates: readonly FaceState[]): Float32Array {
  return Float32Array.from({ length: 3 * LIP_POINTS.length }, (_, k) =>
    quantile(candidates.map(({ canonical }) => canonical[3 * LIP_POINTS[Math.floor(k / 3)]! + (k % 3)]!), 0.5),
  );
}

/** Depth is left out: it wanders. */
function lipDistance({ canonical }: FaceState, usual: Float32Array): number {
  let squares = 0;
  LIP_POINTS.forEach((point, i) => {
    squares += (canonical[3 * point]! - usual[3 * i]!) ** 2 + (canonical[3 * point + 1]! - usual[3 * i + 1]!) ** 2;
  });
  return Math.sqrt(squares / LIP_POINTS.length);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))]!;
}

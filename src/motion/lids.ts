import type { EyeTopology } from '../geometry/face-topology.js';
import { eyeFrame, openness as opennessOf } from './eye-frame.js';

/** Openings below this part of the reference's are noise of a shut eye. Real blinks of MediaPipe end at 0.03-0.14. */
const SHUT = 0.14;
/** From here up, openings follow the measured ones in proportion. */
const FAITHFUL = 0.5;
/**
 * The detector sees narrowed eyes less narrow than they are, and drawn ones less than real ones (see docs/motion.md): what an eye
 * closes by is drawn this much stronger. Beyond 1.61 the bend of `knee` would dip below 0.
 */
const NARROWING = 1.6;
/** Wider than this an eye is never opened: there is no white of the eye to show. */
const WIDEST = 1.35;
/** Nor is any eye wider than this, in its own widths, unless it was painted so: eyes of startled people on video end at 0.39. */
const STARTLED = 0.42;
/** How far the lower lid may rise and sink, in openings of the eye: the upper lid does most of the way. */
const LOWER_LID_UP = 0.25;
const LOWER_LID_DOWN = 0.3;

/**
 * Sets the lids of one eye in place. The margins move along the lines that join them at rest, and never past each other,
 * so that even the narrowest painted eye shuts fully and doesn't turn inside out.
 *
 * @param canonical - `[478, 3]`, changed in place; its lids are those of the resting sitter
 * @param openness - opening as a part of the opening at rest, as measured in the driver
 * @param lowerShift - shift of the lower lid, down positive, in openings of the eye
 * @param amplitude - 0 leaves the lids, 1 takes the driver's motion
 */
export function moveLids(canonical: Float32Array, eye: EyeTopology, openness: number, lowerShift: number, amplitude: number): void {
  const asked = amplifiedOpenness(openness, amplitude);
  const open = asked > 1 ? Math.min(asked, widest(canonical, eye)) : asked;
  const lower = Math.min(LOWER_LID_DOWN, Math.max(-LOWER_LID_UP, amplitude * lowerShift));
  if (open === 1 && lower === 0) return;
  for (let i = 1; i < eye.upper.length - 1; i++) {
    const u = 3 * eye.upper[i]!;
    const l = 3 * eye.lower[i]!;
    for (let k = 0; k < 3; k++) {
      const gap = canonical[l + k]! - canonical[u + k]!;
      const meeting = canonical[l + k]! + lower * gap;
      canonical[l + k] = meeting;
      canonical[u + k] = meeting - open * gap;
    }
  }
}

/** Opening beyond which an eye is never opened, as a part of the opening at rest, at least 1. */
function widest(canonical: Float32Array, eye: EyeTopology): number {
  return Math.max(1, STARTLED / Math.max(opennessOf(canonical, eye, eyeFrame(canonical, eye)), 1e-3));
}

/** Opening to show for a measured one. Eyes that shut in the driver shut from half amplitude on, not half only. */
function amplifiedOpenness(openness: number, amplitude: number): number {
  const faithful = knee(openness);
  const linear = Math.max(0, 1 + amplitude * (faithful - 1));
  const shutting = Math.min(1, Math.max(0, (FAITHFUL - openness) / (FAITHFUL - SHUT)));
  const pull = shutting * shutting * Math.min(1, 2 * amplitude);
  return Math.min(WIDEST, linear + pull * (Math.min(linear, faithful) - linear));
}

/** Opening that a measured one stands for: in proportion down to {@link FAITHFUL}, then a smooth bend (cubic Hermite) to 0 at {@link SHUT}. */
function knee(openness: number): number {
  if (openness >= 1) return openness;
  if (openness >= FAITHFUL) return narrowed(openness);
  const t = (openness - SHUT) / (FAITHFUL - SHUT);
  if (t <= 0) return 0;
  const span = NARROWING * (FAITHFUL - SHUT);
  return narrowed(FAITHFUL) * t * t * (3 - 2 * t) + span * t * t * (t - 1);
}

function narrowed(openness: number): number {
  return 1 - NARROWING * (1 - openness);
}

/** Opens or shuts one eye in place from one opening to another, both in widths of the eye, by its upper lid. */
export function setOpenness(canonical: Float32Array, eye: EyeTopology, from: number, to: number): void {
  if (from <= 0 || from === to) return;
  for (let i = 1; i < eye.upper.length - 1; i++) {
    const u = 3 * eye.upper[i]!;
    const l = 3 * eye.lower[i]!;
    for (let k = 0; k < 3; k++) canonical[u + k] = canonical[l + k]! - (to / from) * (canonical[l + k]! - canonical[u + k]!);
  }
}

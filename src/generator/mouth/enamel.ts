import type { Frame } from '../../core/frame.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitOpening, openingHeight } from '../../geometry/opening.js';
import { samplePixel } from '../../geometry/sample-pixel.js';
import { luma, type FacePalette } from '../palette.js';

/** Height of an opening from which on its inside is looked at, and the rim inside the lips that isn't, in units of the inner lips' width. */
const OPEN = 0.08;
const RIM = 0.03;
/** Places across and down. */
const COLUMNS = 19;
const ROWS = 8;
/** How far from the middle, in units of the width. */
const REACH = 0.36;
/** Share of what lies inside, brightest first, that teeth are looked for in. */
const BRIGHTEST = 0.1;
/** Share of the face's highlights that teeth have at least: a tongue hasn't. */
const TOOTH = 0.6;
/** Fewer places say nothing. */
const LEAST = 12;

/** Red above green as a share of the luminance (0..255). */
export function redness(red: number, green: number, value: number): number {
  return (red - green) / (value + 12);
}

/**
 * How red a face's teeth are, as pictures of it show: small, dim or compressed ones take up colour from the lips. At most halfway to the lips; where no teeth are seen, what
 * the palette expects.
 *
 * @param pictures - of one face.
 * @param palette - of the same face.
 * @returns see {@link redness}
 */
export function enamelRedness(pictures: readonly { readonly frame: Frame; readonly points: Float32Array }[], { toothTint, lipTint, highlight }: FacePalette): number {
  const expected = toothTint[0] - toothTint[1];
  const inside = pictures.flatMap(insideOf).sort((a, b) => b.value - a.value);
  const bright = inside.slice(0, Math.floor(BRIGHTEST * inside.length));
  if (bright.length < LEAST || bright.at(-1)!.value < TOOTH * highlight) return expected;
  const seen = bright.map(({ red }) => red).sort((a, b) => a - b)[bright.length >> 1]!;
  return Math.min(seen, (expected + Math.max(expected, lipTint[0] - lipTint[1])) / 2);
}

const OPENING = createOpening();

function insideOf({ frame, points }: { readonly frame: Frame; readonly points: Float32Array }): { value: number; red: number }[] {
  const o = fitOpening(points, INNER_LIP_UPPER, INNER_LIP_LOWER, OPENING);
  if (openingHeight(o) < OPEN) return [];
  const out = [];
  const rgb = [0, 0, 0];
  for (let i = 0; i < COLUMNS; i++) {
    const a = REACH * ((2 * i) / (COLUMNS - 1) - 1);
    const top = curveAt(o.upper, a) + RIM;
    const bottom = curveAt(o.lower, a) - RIM;
    for (let j = 0; j < ROWS && top < bottom; j++) {
      const b = top + ((bottom - top) * (j + 0.5)) / ROWS;
      samplePixel(frame, o.x + (a * o.ex - b * o.ey) * o.width, o.y + (b * o.ex + a * o.ey) * o.width, rgb);
      const [red, green, blue] = rgb as [number, number, number];
      const value = luma(red, green, blue);
      out.push({ value, red: redness(red, green, value) });
    }
  }
  return out;
}

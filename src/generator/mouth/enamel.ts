import type { Frame } from '../../core/frame.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitOpening, openingHeight } from '../../geometry/opening.js';
import { sampleOpening } from '../../geometry/sample-pixel.js';
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

/** A face in a picture. */
interface Picture {
  readonly frame: Frame;
  readonly points: Float32Array;
}

/**
 * The palette with teeth as pictures of the face show them: white ones in warm light, or reddish ones, where they are small or compressed and take up colour from the lips. At
 * most halfway to the lips; where no teeth are seen they stay what the palette expects.
 *
 * @param pictures - of one face.
 * @param palette - of the same face.
 */
export function withSeenTeeth(pictures: readonly Picture[], palette: FacePalette): FacePalette {
  const { toothTint, lipTint, highlight } = palette;
  const inside = pictures.flatMap(insideOf).sort((a, b) => b.value - a.value);
  const bright = inside.slice(0, Math.floor(BRIGHTEST * inside.length));
  if (bright.length < LEAST || bright.at(-1)!.value < TOOTH * highlight) return palette;
  const seen = [0, 1, 2].map((k) => bright.map(({ tint }) => tint[k]!).sort((a, b) => a - b)[bright.length >> 1]!);
  const red = (tint: readonly number[]): number => tint[0]! - tint[1]!;
  const [expected, most] = [red(toothTint), (red(toothTint) + Math.max(red(toothTint), red(lipTint))) / 2];
  const share = red(seen) <= most ? 1 : (most - expected) / (red(seen) - expected);
  const mix = (k: 0 | 1 | 2): number => toothTint[k] + (seen[k]! - toothTint[k]) * share;
  return { ...palette, toothTint: [mix(0), mix(1), mix(2)] };
}

const OPENING = createOpening();

/** Luminance and colour over luminance of places inside the mouth. */
function insideOf({ frame, points }: Picture): { value: number; tint: readonly number[] }[] {
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
      sampleOpening(frame, o, a, b, rgb);
      const [red, green, blue] = rgb as [number, number, number];
      const value = luma(red, green, blue);
      out.push({ value, tint: rgb.map((level) => level / Math.max(1, value)) });
    }
  }
  return out;
}

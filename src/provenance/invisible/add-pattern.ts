import { PATTERN_UNIT } from './pattern.js';
import { STRENGTH_CELL_SHIFT, STRENGTH_UNIT } from './strength.js';

/** log2(PATTERN_UNIT * STRENGTH_UNIT): one level of brightness. */
const LEVEL_SHIFT = 11;
export const DITHER_SIDE = 64;

/** `[64, 64]`: thresholds of interleaved gradient noise (Jimenez 2014), 0..one level, so that fractions of a level survive rounding. */
export const DITHER = Int16Array.from({ length: DITHER_SIDE * DITHER_SIDE }, (_, i) => {
  const phase = 0.06711056 * (i % DITHER_SIDE) + 0.00583715 * Math.floor(i / DITHER_SIDE);
  const noise = 52.9829189 * (phase % 1);
  return Math.floor((noise % 1) * PATTERN_UNIT * STRENGTH_UNIT);
});

/**
 * Adds a pattern to red, green and blue of a picture, as strongly as each cell allows.
 *
 * @param data - RGBA.
 * @param pattern - `[height, width]`, see `PatternLayer`.
 * @param strength - `[rows, columns]` of cells, see `StrengthMap`.
 * @returns the mean square of the change, levels squared.
 */
export function addPattern(data: Uint8ClampedArray, width: number, height: number, pattern: Int8Array, strength: Uint8Array): number {
  const columns = Math.ceil(width / (1 << STRENGTH_CELL_SHIFT));
  let squares = 0;
  for (let y = 0, p = 0; y < height; y++) {
    const cellRow = (y >> STRENGTH_CELL_SHIFT) * columns;
    const ditherRow = (y % DITHER_SIDE) * DITHER_SIDE;
    for (let x = 0; x < width; x++, p++) {
      const push = pattern[p]! * strength[cellRow + (x >> STRENGTH_CELL_SHIFT)]! + DITHER[ditherRow + (x & (DITHER_SIDE - 1))]!;
      const delta = push >> LEVEL_SHIFT; // floor, also below zero
      if (delta === 0) continue;
      squares += delta * delta;
      const i = p * 4;
      data[i] = data[i]! + delta;
      data[i + 1] = data[i + 1]! + delta;
      data[i + 2] = data[i + 2]! + delta;
    }
  }
  return squares / (width * height);
}

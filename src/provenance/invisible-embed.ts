import type { Frame } from '../core/frame.js';
import { chipSize, chipValues, tileAt } from './invisible-chips.js';
import { createStrengthMap, STRENGTH_CELL_SHIFT, STRENGTH_UNIT } from './invisible-strength.js';
import { encodePayload } from './invisible-payload.js';

/** Writes the invisible mark into frames of one size. */
export interface InvisibleEmbedder {
  /** Adds the mark to red, green and blue in place; alpha stays. */
  embed(frame: Frame): void;
}

const PATTERN_PEAK = 64;

/** `[height, width]`, -64..64: the tile laid over the whole picture. */
function layPattern(width: number, height: number, payload: number): Int8Array {
  const chips = chipValues(encodePayload(payload));
  const chip = chipSize(width, height);
  const pattern = new Int8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pattern[y * width + x] = Math.round(PATTERN_PEAK * tileAt(chips, (x + 0.5) / chip, (y + 0.5) / chip));
    }
  }
  return pattern;
}

const DITHER_SIDE = 64;

/** `[64, 64]`: thresholds of interleaved gradient noise (Jimenez 2014), 0..one level, so that fractions of a level survive rounding. */
const DITHER = Int16Array.from({ length: DITHER_SIDE * DITHER_SIDE }, (_, i) => {
  const phase = 0.06711056 * (i % DITHER_SIDE) + 0.00583715 * Math.floor(i / DITHER_SIDE);
  const noise = 52.9829189 * (phase % 1);
  return Math.floor((noise % 1) * PATTERN_PEAK * STRENGTH_UNIT);
});

/** log2(PATTERN_PEAK * STRENGTH_UNIT): one level of brightness. */
const LEVEL_SHIFT = 11;

/**
 * Prepares the mark: spread spectrum in luma (Cox et al. 1997), one tile repeated, the same in every frame so that
 * a detector can average frames.
 *
 * @param payload - Unsigned 32-bit integer.
 */
export function createInvisibleEmbedder(width: number, height: number, payload: number): InvisibleEmbedder {
  const pattern = layPattern(width, height, payload);
  const strength = createStrengthMap(width, height);
  return {
    embed({ data }) {
      const cells = strength.measure(data);
      for (let y = 0; y < height; y++) {
        const cellRow = (y >> STRENGTH_CELL_SHIFT) * strength.columns;
        const ditherRow = (y % DITHER_SIDE) * DITHER_SIDE;
        let p = y * width;
        let i = p * 4;
        for (let x = 0; x < width; x++, p++, i += 4) {
          const push = pattern[p]! * cells[cellRow + (x >> STRENGTH_CELL_SHIFT)]! + DITHER[ditherRow + (x & (DITHER_SIDE - 1))]!;
          const delta = push >> LEVEL_SHIFT; // floor, also below zero
          if (delta === 0) continue;
          data[i] = data[i]! + delta;
          data[i + 1] = data[i + 1]! + delta;
          data[i + 2] = data[i + 2]! + delta;
        }
      }
    },
  };
}

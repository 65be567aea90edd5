import { chipSize, TILE_CHIPS } from './chips.js';

/** Value of the pattern that stands for a chip of 1. */
export const PATTERN_UNIT = 64;

/** Between which chips a line of pixels lies. */
function chipAxis(pixels: number, chip: number) {
  const first = new Uint8Array(pixels);
  const second = new Uint8Array(pixels);
  const weight = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = ((i + 0.5) / chip - 0.5 + TILE_CHIPS) % TILE_CHIPS;
    first[i] = Math.floor(at);
    second[i] = (first[i]! + 1) % TILE_CHIPS;
    weight[i] = at - first[i]!;
  }
  return { first, second, weight };
}

/** Lays tiles over pictures of one size. */
export interface PatternLayer {
  /** `[height, width]`, {@link PATTERN_UNIT} per chip of 1, cut at -127..127; valid until the next call. */
  lay(chips: Float32Array): Int8Array;
}

/**
 * Makes a layer: chips are interpolated linearly, so that the pattern is band-limited and survives rescaling.
 *
 * @param width - Of the picture, pixels.
 * @param height - Of the picture, pixels.
 */
export function createPatternLayer(width: number, height: number): PatternLayer {
  const chip = chipSize(width, height);
  const columns = chipAxis(width, chip);
  const rows = chipAxis(height, chip);
  const pattern = new Int8Array(width * height);
  const mixed = new Float32Array(TILE_CHIPS);
  return {
    lay(chips) {
      for (let y = 0, p = 0; y < height; y++) {
        const upper = rows.first[y]! * TILE_CHIPS;
        const lower = rows.second[y]! * TILE_CHIPS;
        const wy = rows.weight[y]!;
        for (let c = 0; c < TILE_CHIPS; c++) mixed[c] = PATTERN_UNIT * (chips[upper + c]! * (1 - wy) + chips[lower + c]! * wy);
        for (let x = 0; x < width; x++, p++) {
          const wx = columns.weight[x]!;
          const value = mixed[columns.first[x]!]! * (1 - wx) + mixed[columns.second[x]!]! * wx;
          pattern[p] = value > 127 ? 127 : value < -127 ? -127 : Math.round(value);
        }
      }
      return pattern;
    },
  };
}

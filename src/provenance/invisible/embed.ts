import type { Frame } from '../../core/frame.js';
import { chipValues } from './chips.js';
import { fitChips } from './fit.js';
import { createPatternLayer, PATTERN_UNIT } from './pattern.js';
import { encodePayload } from './payload.js';
import { createStrengthMap, STRENGTH_CELL_SHIFT, STRENGTH_UNIT } from './strength.js';

/** Writes the invisible mark into frames of one size. */
export interface InvisibleEmbedder {
  /** Adds the mark to red, green and blue in place; alpha stays. The first frame fits the mark to the clip. */
  embed(frame: Frame): void;
}

/** log2(PATTERN_UNIT * STRENGTH_UNIT): one level of brightness. */
const LEVEL_SHIFT = 11;
const DITHER_SIDE = 64;

/** `[64, 64]`: thresholds of interleaved gradient noise (Jimenez 2014), 0..one level, so that fractions of a level survive rounding. */
const DITHER = Int16Array.from({ length: DITHER_SIDE * DITHER_SIDE }, (_, i) => {
  const phase = 0.06711056 * (i % DITHER_SIDE) + 0.00583715 * Math.floor(i / DITHER_SIDE);
  const noise = 52.9829189 * (phase % 1);
  return Math.floor((noise % 1) * PATTERN_UNIT * STRENGTH_UNIT);
});

/** The mark stays under the mean square change of this PSNR, dB, in large pictures, */
const LEAST_PSNR = 45;
/** and of so much less each time a picture's sides halve: small pictures hold few chips. Never under the last value. */
const LESS_PER_HALVING = 3;
const LEAST_PSNR_SMALL = 40;

/** Mean square change that is allowed, levels squared. */
function largestMeanSquare(pixels: number): number {
  const halvings = Math.max(0, Math.log2(512 ** 2 / pixels) / 2);
  return 255 ** 2 / 10 ** (Math.max(LEAST_PSNR_SMALL, LEAST_PSNR - LESS_PER_HALVING * halvings) / 10);
}

/**
 * Prepares the mark: spread spectrum in luma (Cox et al. 1997), one tile repeated, the same in every frame so that
 * a detector can average frames.
 *
 * @param payload - Unsigned 32-bit integer.
 */
export function createInvisibleEmbedder(width: number, height: number, payload: number): InvisibleEmbedder {
  return createCodeEmbedder(width, height, encodePayload(payload));
}

/**
 * The same for any coded bits, so that a decoy is laid exactly as a mark is.
 *
 * @param coded - `[168]` bits, 0 or 1
 */
export function createCodeEmbedder(width: number, height: number, coded: Uint8Array): InvisibleEmbedder {
  const wanted = chipValues(coded);
  const layer = createPatternLayer(width, height);
  const strength = createStrengthMap(width, height);
  let pattern: Int8Array | undefined;

  /** Adds a pattern to `data`; returns the mean square of the change, levels squared. */
  const add = (data: Uint8ClampedArray, laid: Int8Array): number => {
    const cells = strength.measure(data);
    let squares = 0;
    for (let y = 0, p = 0; y < height; y++) {
      const cellRow = (y >> STRENGTH_CELL_SHIFT) * strength.columns;
      const ditherRow = (y % DITHER_SIDE) * DITHER_SIDE;
      for (let x = 0; x < width; x++, p++) {
        const push = laid[p]! * cells[cellRow + (x >> STRENGTH_CELL_SHIFT)]! + DITHER[ditherRow + (x & (DITHER_SIDE - 1))]!;
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
  };

  /** Lowers the strength so far that the mark stays within its limit on this picture. */
  const limit = (meanSquare: number): void => {
    strength.setGain(strength.gain * Math.min(1, Math.sqrt(largestMeanSquare(width * height) / meanSquare)));
  };

  const fit = (frame: Frame): Int8Array => {
    const trial = { ...frame, data: new Uint8ClampedArray(frame.data) };
    limit(add(trial.data, layer.lay(wanted)));
    const chips = fitChips(wanted, trial);
    trial.data.set(frame.data);
    limit(add(trial.data, layer.lay(chips)));
    return layer.lay(chips);
  };

  return {
    embed(frame) {
      pattern ??= fit(frame);
      add(frame.data, pattern);
    },
  };
}

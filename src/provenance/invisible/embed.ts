import type { Frame } from '../../core/frame.js';
import { addPattern } from './add-pattern.js';
import { chipValues } from './chips.js';
import { fitChips } from './fit.js';
import { createKernelAdder, type PatternAdder } from './kernel.js';
import { createPatternLayer } from './pattern.js';
import { encodePayload } from './payload.js';
import { createStrengthMap } from './strength.js';

/** Writes the invisible mark into frames of one size. */
export interface InvisibleEmbedder {
  /** Adds the mark to red, green and blue in place; alpha stays. The first frame fits the mark to the clip. */
  embed(frame: Frame): void;
}

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
  const strength = createStrengthMap(width, height);
  let adder: PatternAdder | undefined;

  /** Lowers the strength so far that the mark stays within its limit on this picture. */
  const limit = (meanSquare: number): void => {
    strength.setGain(strength.gain * Math.min(1, Math.sqrt(largestMeanSquare(width * height) / meanSquare)));
  };

  const fit = (frame: Frame): PatternAdder => {
    const layer = createPatternLayer(width, height);
    const trial = { ...frame, data: new Uint8ClampedArray(frame.data) };
    const add = (pattern: Int8Array): number => addPattern(trial.data, width, height, pattern, strength.measure(trial.data));
    limit(add(layer.lay(wanted)));
    const chips = fitChips(wanted, trial);
    trial.data.set(frame.data);
    limit(add(layer.lay(chips)));
    const pattern = layer.lay(chips);
    return createKernelAdder(width, height, pattern) ?? ((data, cells) => void addPattern(data, width, height, pattern, cells));
  };

  return {
    embed(frame) {
      adder ??= fit(frame);
      adder(frame.data, strength.measure(frame.data));
    },
  };
}

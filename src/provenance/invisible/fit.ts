import type { Frame } from '../../core/frame.js';
import { CHIP_LAYOUT, chipSize, TILE_CHIPS } from './chips.js';
import { createFolder } from './fold.js';
import { CODED_BITS } from './payload.js';
import { createResidualAverage } from './residual.js';

/** At most this part of the mark's energy goes into cancelling the picture. */
const CANCEL_ENERGY = 0.5;
/** Chips are kept within the pattern's number range. */
const LARGEST_CHIP = 1.95;

const CHIPS = TILE_CHIPS * TILE_CHIPS;
const chipsPerBit = new Float64Array(CODED_BITS);
for (const bit of CHIP_LAYOUT.bit) if (bit >= 0) chipsPerBit[bit]!++;

/** What the detector reads of each chip in one marked frame, `[32, 32]`. */
function readChips(frame: Frame): Float64Array {
  const average = createResidualAverage(frame.width, frame.height);
  average.add(frame);
  const tile = new Float64Array(CHIPS);
  const folder = createFolder(average.sum(), average.width, average.height, TILE_CHIPS);
  const chip = chipSize(frame.width, frame.height);
  folder.setChipX((chip * average.width) / frame.width);
  folder.foldY((chip * average.height) / frame.height, tile);
  return tile;
}

const meanSquare = (values: Float32Array): number => values.reduce((sum, v) => sum + v * v, 0) / values.length;

/**
 * Fits the mark to a picture. The embedder knows the picture, so it need not bear the picture's own noise: what the detector
 * reads wrong in each coded bit is added to the bit's chips with the sign turned (improved spread spectrum,
 * Malvar and Florencio 2003). The energy stays the same.
 *
 * @param wanted - `[32, 32]` chips, -1 or 1.
 * @param marked - The picture, marked with `wanted`.
 * @returns `[32, 32]` chips of mean square 1.
 */
export function fitChips(wanted: Float32Array, marked: Frame): Float32Array {
  const { bit, sign } = CHIP_LAYOUT;
  const read = readChips(marked);
  let response = 0;
  for (let c = 0; c < CHIPS; c++) response += (read[c]! * wanted[c]!) / CHIPS;
  if (response <= 0) return wanted; // nothing of the mark can be read: a black or tiny picture
  const error = new Float64Array(CODED_BITS);
  for (let c = 0; c < CHIPS; c++) {
    const b = bit[c]!;
    if (b >= 0) error[b]! += ((read[c]! / response - wanted[c]!) * sign[c]!) / chipsPerBit[b]!;
  }
  const cancel = wanted.map((_, c) => (bit[c]! < 0 ? 0 : -error[bit[c]!]! * sign[c]!));
  const share = Math.min(1, Math.sqrt(CANCEL_ENERGY / (1 - CANCEL_ENERGY) / (meanSquare(cancel) || 1)));
  const fitted = wanted.map((w, c) => w + share * cancel[c]!);
  const norm = 1 / Math.sqrt(meanSquare(fitted));
  return fitted.map((v) => Math.max(-LARGEST_CHIP, Math.min(LARGEST_CHIP, v * norm)));
}

import { TILE_CHIPS } from './chips.js';

/** One axis of the tile laid over a line of pixels: where each pixel falls. */
interface AxisFold {
  /** `[pixels]`: first of the two neighbouring bins. */
  readonly bin: Uint16Array;
  /** `[pixels]`: weight of the second, 0..1. */
  readonly weight: Float32Array;
  /** `[bins]`: sum of weights. */
  readonly total: Float32Array;
}

function foldAxis(pixels: number, chip: number, bins: number): AxisFold {
  const bin = new Uint16Array(pixels);
  const weight = new Float32Array(pixels);
  const total = new Float32Array(bins);
  const perChip = bins / TILE_CHIPS;
  for (let i = 0; i < pixels; i++) {
    // Bin b stands for position (b + 0.5) / perChip chips.
    const at = (((i + 0.5) / chip) * perChip - 0.5 + bins) % bins;
    const first = Math.floor(at);
    bin[i] = first;
    weight[i] = at - first;
    total[first]! += 1 - weight[i]!;
    total[(first + 1) % bins]! += weight[i]!;
  }
  return { bin, weight, total };
}

/** All repetitions of the tile in a picture, averaged into one. Columns are folded first and kept for many row folds. */
export interface Folder {
  /** Folds the columns for a chip of `chip` pixels along x. */
  setChipX(chip: number): void;
  /** Folds the rows too, for a chip of `chip` pixels along y, into `tile` `[bins, bins]`, mean 0. */
  foldY(chip: number, tile: Float64Array): void;
}

/**
 * Makes a folder.
 *
 * @param picture - `[height, width]`.
 * @param bins - Samples along a side of the tile, a multiple of 32.
 */
export function createFolder(picture: Float32Array, width: number, height: number, bins: number): Folder {
  const stride = bins + 1; // one guard bin, so that the second neighbour needs no modulo
  const columns = new Float64Array(height * stride);
  const sums = new Float64Array((bins + 1) * bins);
  let totalX: Float32Array = new Float32Array(bins);
  return {
    setChipX(chip) {
      const { bin, weight, total } = foldAxis(width, chip, bins);
      totalX = total;
      columns.fill(0);
      for (let y = 0, i = 0; y < height; y++) {
        const row = y * stride;
        for (let x = 0; x < width; x++, i++) {
          const value = picture[i]!;
          const second = value * weight[x]!;
          const b = row + bin[x]!;
          columns[b]! += value - second;
          columns[b + 1]! += second;
        }
        columns[row]! += columns[row + bins]!;
      }
    },
    foldY(chip, tile) {
      const { bin, weight, total } = foldAxis(height, chip, bins);
      sums.fill(0);
      for (let y = 0; y < height; y++) {
        const from = y * stride;
        const first = bin[y]! * bins;
        const second = first + bins;
        const w2 = weight[y]!;
        const w1 = 1 - w2;
        for (let b = 0; b < bins; b++) {
          const value = columns[from + b]!;
          sums[first + b]! += value * w1;
          sums[second + b]! += value * w2;
        }
      }
      for (let b = 0; b < bins; b++) sums[b]! += sums[bins * bins + b]!;
      let mean = 0;
      for (let y = 0, i = 0; y < bins; y++) {
        for (let x = 0; x < bins; x++, i++) {
          const samples = total[y]! * totalX[x]!;
          tile[i] = samples > 0 ? sums[i]! / samples : 0;
          mean += tile[i]!;
        }
      }
      mean /= bins * bins;
      for (let i = 0; i < bins * bins; i++) tile[i]! -= mean;
    },
  };
}

import { CROP_CHANNELS } from './layout.js';

/** Channels of a network's input: 2 x 2 crop pixels at a time. */
export const PACKED_CHANNELS = 4 * CROP_CHANNELS;

/**
 * Space to depth: a crop `[rows, cols, CROP_CHANNELS]` becomes `[rows / 2, cols / 2, PACKED_CHANNELS]`, channel `c * 4 + dy * 2 + dx`
 * (PyTorch's `pixel_unshuffle(2)`). The networks work at half resolution; no pixel is lost on the way there.
 *
 * @param out - a batch; the crop is written from element `offset` on.
 */
export function packCrop(crop: Float32Array, rows: number, cols: number, out: Float32Array, offset: number): void {
  let o = offset;
  for (let j = 0; j < rows; j += 2) {
    for (let i = 0; i < cols; i += 2) {
      const upper = (j * cols + i) * CROP_CHANNELS;
      const lower = upper + cols * CROP_CHANNELS;
      for (let c = 0; c < CROP_CHANNELS; c++, o += 4) {
        out[o] = crop[upper + c]!;
        out[o + 1] = crop[upper + CROP_CHANNELS + c]!;
        out[o + 2] = crop[lower + c]!;
        out[o + 3] = crop[lower + CROP_CHANNELS + c]!;
      }
    }
  }
}

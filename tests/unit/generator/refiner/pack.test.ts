import { CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { packCrop, PACKED_CHANNELS } from '#dist/generator/refiner/pack.js';
import { describe, expect, it } from 'vitest';

describe('packCrop', () => {
  it("puts 2 x 2 pixels into channels in the order of PyTorch's pixel_unshuffle", () => {
    const [rows, cols] = [4, 6];
    // Each value says where it comes from.
    const crop = Float32Array.from({ length: rows * cols * CROP_CHANNELS }, (_, i) => i);
    const out = new Float32Array(crop.length);
    packCrop(crop, rows, cols, out, 0);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < cols; x++) {
        for (let c = 0; c < CROP_CHANNELS; c++) {
          const packed = ((y >> 1) * (cols / 2) + (x >> 1)) * PACKED_CHANNELS + c * 4 + (y & 1) * 2 + (x & 1);
          expect(out[packed]).toBe((y * cols + x) * CROP_CHANNELS + c);
        }
      }
    }
  });

  it('writes its own place in a batch and nothing else', () => {
    const [rows, cols] = [2, 4];
    const size = rows * cols * CROP_CHANNELS;
    const out = new Float32Array(3 * size).fill(-1);
    packCrop(new Float32Array(size).fill(5), rows, cols, out, size);
    expect(out.subarray(0, size).every((v) => v === -1)).toBe(true);
    expect(out.subarray(size, 2 * size).every((v) => v === 5)).toBe(true);
    expect(out.subarray(2 * size).every((v) => v === -1)).toBe(true);
  });
});

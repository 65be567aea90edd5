// Differences of pictures over a region. Values are 0..1; a region is a mask of the picture's size, 1 inside.

/**
 * Mean absolute and mean squared difference of two RGBA pictures over a region, over R, G and B.
 *
 * @param a, b - `[h, w, 4]` bytes
 * @param mask - `[h, w]` 0 or 1
 * @returns `{ l1, mse }`, 0..1; `undefined` for an empty region
 */
export function pixelError(a, b, mask) {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = 0, o = 0; i < mask.length; i++, o += 4) {
    if (mask[i] === 0) continue;
    for (let k = 0; k < 3; k++) {
      const d = a[o + k] - b[o + k];
      sum += Math.abs(d);
      squares += d * d;
    }
    count += 3;
  }
  return count === 0 ? undefined : { l1: sum / (255 * count), mse: squares / (255 * 255 * count) };
}

/** Peak signal-to-noise ratio in dB of a mean squared error of values 0..1. */
export function psnr(mse) {
  return -10 * Math.log10(Math.max(mse, 1e-10));
}

/** Luma of an RGBA picture, `[h * w]` 0..255 (ITU-R BT.601). */
export function luma(rgba, out = new Float32Array(rgba.length / 4)) {
  for (let i = 0, o = 0; i < out.length; i++, o += 4) out[i] = 0.299 * rgba[o] + 0.587 * rgba[o + 1] + 0.114 * rgba[o + 2];
  return out;
}

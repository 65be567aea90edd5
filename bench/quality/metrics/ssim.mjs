// Structural similarity (Wang et al. 2004) and its multi-scale form (Wang et al. 2003) on luma, for several regions at once.

const RADIUS = 5; // an 11-pixel Gaussian window
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
/** Exponents of the five scales, finest first. */
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const KERNEL = Float32Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA * SIGMA)));

/**
 * A luma picture at five scales with what SSIM needs of it alone; one serves many comparisons.
 *
 * @param luma - `[height * width]` 0..255
 */
export function pyramid(luma, width, height) {
  const levels = [];
  let [plane, w, h] = [luma, width, height];
  for (const weight of SCALE_WEIGHTS) {
    const mean = smooth(plane, w, h);
    const variance = smooth(plane.map((v) => v * v), w, h);
    for (let i = 0; i < mean.length; i++) variance[i] -= mean[i] * mean[i];
    levels.push({ plane, w, h, mean, variance, weight });
    plane = halve(plane, w, h);
    if (w > 1 && h > 1) [w, h] = [w >> 1, h >> 1];
  }
  return levels;
}

/** A region at the same five scales. `mask` `[height * width]`, 0..1. */
export function maskPyramid(mask, width, height) {
  const levels = [mask];
  let [w, h] = [width, height];
  while (levels.length < SCALE_WEIGHTS.length) {
    levels.push(halve(levels.at(-1), w, h));
    if (w > 1 && h > 1) [w, h] = [w >> 1, h >> 1];
  }
  return levels;
}

/**
 * SSIM and MS-SSIM of two pictures, averaged over each region. At the picture's border the window is cut, not padded.
 *
 * @param a, b - from {@link pyramid}
 * @param regions - `{ [name]: mask pyramid }`
 * @returns `{ [name]: { ssim, msssim } }`; a region that is empty is left out
 */
export function structure(a, b, regions) {
  const named = Object.entries(regions).filter(([, [mask]]) => mask.some((v) => v > 0));
  const out = Object.fromEntries(named.map(([name]) => [name, { ssim: 0, msssim: 1 }]));
  a.forEach((level, scale) => {
    const { full, contrast } = similarity(level, b[scale]);
    const last = scale === a.length - 1;
    for (const [name, masks] of named) {
      const mask = masks[scale];
      if (scale === 0) out[name].ssim = weightedMean(full, mask);
      // Negative correlations would make the product of powers undefined.
      out[name].msssim *= Math.max(0, weightedMean(last ? full : contrast, mask)) ** level.weight;
    }
  });
  return out;
}

/** Maps of SSIM and of its contrast-structure part. */
function similarity(a, b) {
  const together = smooth(a.plane.map((v, i) => v * b.plane[i]), a.w, a.h);
  const full = new Float32Array(together.length);
  const contrast = new Float32Array(together.length);
  for (let i = 0; i < full.length; i++) {
    const [ma, mb] = [a.mean[i], b.mean[i]];
    contrast[i] = (2 * (together[i] - ma * mb) + C2) / (a.variance[i] + b.variance[i] + C2);
    full[i] = ((2 * ma * mb + C1) / (ma * ma + mb * mb + C1)) * contrast[i];
  }
  return { full, contrast };
}

/** Gaussian mean over the part of the window that lies in the picture. */
function smooth(plane, w, h) {
  const across = new Float32Array(w * h);
  const out = new Float32Array(w * h);
  const whole = KERNEL.reduce((sum, k) => sum + k, 0);
  const [k0, k1, k2, k3, k4, k5] = KERNEL.map((k) => k / whole);
  for (let y = 0; y < h; y++) {
    const row = y * w;
    for (let x = 0; x < w; x++) {
      const o = row + x;
      if (x >= RADIUS && x < w - RADIUS) {
        across[o] =
          k5 * plane[o] +
          k4 * (plane[o - 1] + plane[o + 1]) +
          k3 * (plane[o - 2] + plane[o + 2]) +
          k2 * (plane[o - 3] + plane[o + 3]) +
          k1 * (plane[o - 4] + plane[o + 4]) +
          k0 * (plane[o - 5] + plane[o + 5]);
      } else {
        across[o] = cutWindow(plane, row, 1, x, w);
      }
    }
  }
  for (let y = 0; y < h; y++) {
    const inner = y >= RADIUS && y < h - RADIUS;
    for (let x = 0, o = y * w; x < w; x++, o++) {
      out[o] = inner
        ? k5 * across[o] +
          k4 * (across[o - w] + across[o + w]) +
          k3 * (across[o - 2 * w] + across[o + 2 * w]) +
          k2 * (across[o - 3 * w] + across[o + 3 * w]) +
          k1 * (across[o - 4 * w] + across[o + 4 * w]) +
          k0 * (across[o - 5 * w] + across[o + 5 * w])
        : cutWindow(across, x, w, y, h);
    }
  }
  return out;
}

/** The weighted mean around place `i` of a line of `n` values that starts at `start`, `stride` apart. */
function cutWindow(plane, start, stride, i, n) {
  let sum = 0;
  let weight = 0;
  for (let j = Math.max(0, i - RADIUS); j <= Math.min(n - 1, i + RADIUS); j++) {
    const k = KERNEL[j - i + RADIUS];
    sum += k * plane[start + j * stride];
    weight += k;
  }
  return sum / weight;
}

/** Means of 2 x 2 pixels. An odd last row or column is dropped. */
function halve(plane, w, h) {
  if (w < 2 || h < 2) return plane;
  const cols = w >> 1;
  const rows = h >> 1;
  const out = new Float32Array(cols * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < cols; x++) {
      const o = 2 * y * w + 2 * x;
      out[y * cols + x] = (plane[o] + plane[o + 1] + plane[o + w] + plane[o + w + 1]) / 4;
    }
  }
  return out;
}

function weightedMean(map, mask) {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < map.length; i++) {
    sum += map[i] * mask[i];
    weight += mask[i];
  }
  return weight > 0 ? sum / weight : 1;
}

import { VivantError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';

/** A grey picture, `[height, width]`, 0..255. */
export interface LumaPicture {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Averages the luma of frames of one size. */
export interface LumaAverage {
  /** @throws VivantError `UNREADABLE_MEDIA` when the size differs from the first frame's. */
  add(frame: Frame): void;
  /** Undefined before the first frame. */
  picture(): LumaPicture | undefined;
}

/** Badges are looked for at this longer side. */
const WORK_SIDE = 640;

/** An empty average. */
export function createLumaAverage(): LumaAverage {
  let sums = new Float32Array(0);
  let size = { width: 0, height: 0 };
  let frames = 0;
  return {
    add({ data, width, height }) {
      if (frames === 0) {
        size = { width, height };
        sums = new Float32Array(width * height);
      } else if (size.width !== width || size.height !== height) {
        throw new VivantError(
          'UNREADABLE_MEDIA',
          `Expected frames of ${size.width}x${size.height} like the first one for the badge, but received ${width}x${height}. Decode the clip at one size.`,
        );
      }
      frames++;
      for (let i = 0, p = 0; p < sums.length; i += 4, p++) sums[p]! += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
    },
    picture() {
      if (frames === 0) return undefined;
      const whole = { data: sums.map((v) => v / frames), ...size };
      return scalePicture(whole, Math.min(1, WORK_SIDE / Math.max(size.width, size.height)));
    },
  };
}

/** The picture seen in a mirror. */
export function mirrorPicture({ data, width, height }: LumaPicture): LumaPicture {
  const mirrored = data.slice();
  for (let y = 0; y < height; y++) mirrored.subarray(y * width, (y + 1) * width).reverse();
  return { data: mirrored, width, height };
}

/** Weights of an axis resampled with a triangle as wide as the larger of both pixels. */
function axis(from: number, to: number) {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const taps = Math.ceil(2 * reach) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    first[i] = Math.ceil(centre - reach);
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const w = Math.max(0, 1 - Math.abs(first[i]! + t - centre) / reach);
      weights[i * taps + t] = w;
      sum += w;
    }
    for (let t = 0; t < taps; t++) weights[i * taps + t]! /= sum;
  }
  return { first, weights, taps };
}

/**
 * The picture at another size, antialiased.
 *
 * @param strip - for its height, the rows wanted at its upper and at its lower edge; the others stay 0. Default: all.
 */
export function scalePicture({ data, width, height }: LumaPicture, scale: number, strip = (rows: number): number => rows): LumaPicture {
  if (scale === 1) return { data, width, height };
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  const across = axis(width, w);
  const down = axis(height, h);
  const edge = strip(h);
  const wanted = (y: number): boolean => y < edge || y >= h - edge;
  const needed = new Uint8Array(height);
  for (let y = 0; y < h; y++) {
    if (wanted(y)) needed.fill(1, Math.max(0, down.first[y]!), Math.max(0, down.first[y]! + down.taps));
  }
  needed[0] = needed[height - 1] = 1; // what lies beyond an edge is the edge
  const narrow = new Float32Array(w * height);
  for (let y = 0; y < height; y++) {
    if (needed[y] === 0) continue;
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let t = 0; t < across.taps; t++) {
        const from = Math.min(width - 1, Math.max(0, across.first[x]! + t));
        sum += across.weights[x * across.taps + t]! * data[y * width + from]!;
      }
      narrow[y * w + x] = sum;
    }
  }
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    if (!wanted(y)) continue;
    for (let t = 0; t < down.taps; t++) {
      const weight = down.weights[y * down.taps + t]!;
      const from = Math.min(height - 1, Math.max(0, down.first[y]! + t)) * w;
      for (let x = 0; x < w; x++) out[y * w + x]! += weight * narrow[from + x]!;
    }
  }
  return { data: out, width: w, height: h };
}

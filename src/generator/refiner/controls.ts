import { CHANNEL, CROP_CHANNELS } from './layout.js';
import { HEAD_CHANNELS } from './network.js';

/** Crop pixels over which the refiner fades in from the crop's border, so that it ends without a seam. */
const FEATHER = 6;

/** What a network wants to be done with one crop. */
export interface Controls {
  readonly rows: number;
  readonly cols: number;
  /** `[rows / 2, cols / 2, 6]`: residual -1..1, then gain 1/2..2, RGB each. */
  readonly tones: Float32Array;
  /** `[rows, cols, 3]` 0..1: how much is redrawn; of that, warp in the draft's place; of that, driver in their place. */
  readonly masks: Float32Array;
}

export function createControls(rows: number, cols: number): Controls {
  return { rows, cols, tones: new Float32Array((rows / 2) * (cols / 2) * 6), masks: new Float32Array(rows * cols * 3) };
}

/**
 * Reads a head `[rows / 2, cols / 2, HEAD_CHANNELS]` into controls.
 *
 * @param head - a batch; this crop's starts at element `offset`.
 * @param crop - `[rows, cols, CROP_CHANNELS]`: where the source shows nothing (a shut mouth pulled open) the warp is a smear, and can't be chosen.
 * @param present - 0..1: how much of the driver's pixels may show.
 */
export function readControls(head: Float32Array, offset: number, crop: Float32Array, present: number, out: Controls): void {
  const { rows, cols, tones, masks } = out;
  let h = offset;
  let t = 0;
  for (let j = 0; j < rows; j += 2) {
    for (let i = 0; i < cols; i += 2, h += HEAD_CHANNELS, t += 6) {
      for (let k = 0; k < 3; k++) tones[t + k] = 2 * sigmoid(2 * head[h + k]!) - 1; // tanh
      for (let k = 3; k < 6; k++) tones[t + k] = 2 ** (2 * sigmoid(2 * head[h + k]!) - 1);
      for (let d = 0; d < 4; d++) {
        const row = j + (d >> 1);
        const col = i + (d & 1);
        const pixel = row * cols + col;
        const o = pixel * 3;
        masks[o] = sigmoid(head[h + 6 + d]!) * ramp(row, rows) * ramp(col, cols);
        masks[o + 1] = sigmoid(head[h + 10 + d]!) * crop[pixel * CROP_CHANNELS + CHANNEL.validity]!;
        masks[o + 2] = sigmoid(head[h + 14 + d]!) * present;
      }
    }
  }
}

/** Makes only a part of the correction. */
export function weaken({ masks }: Controls, share: number): void {
  if (share === 1) return;
  for (let o = 0; o < masks.length; o += 3) masks[o]! *= share;
}

/** Signed distances (as crops hold them) across which {@link weakenInside} and {@link weakenWarpInside} set in. */
const LID_EDGE = 0.125;
const LIP_EDGE = 0.06;

/**
 * Makes only a part of the correction inside the crop's outer contour.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop.
 */
export function weakenInside({ masks }: Controls, crop: Float32Array, share: number): void {
  scaleInside(masks, 0, crop, CHANNEL.distance, LID_EDGE, share);
}

/**
 * Mixes in only a part of the warp inside a mouth: teeth that are pulled to another opening are a smear.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop.
 * @param share - 0..1: how much of what the warp shows there is none.
 */
export function weakenWarpInside({ masks }: Controls, crop: Float32Array, share: number): void {
  scaleInside(masks, 1, crop, CHANNEL.distance + 1, LIP_EDGE, share);
}

/** Scales one of the masks by `share` where a contour's distance, one of the crop's channels, is positive; half of it on the contour. */
function scaleInside(masks: Float32Array, mask: number, crop: Float32Array, contour: number, edge: number, share: number): void {
  if (share === 1) return;
  for (let m = mask, o = contour; m < masks.length; m += 3, o += CROP_CHANNELS) {
    masks[m]! *= 1 - (1 - share) * Math.min(1, Math.max(0, 0.5 + crop[o]! / edge));
  }
}

/** Sigmoid at -16, -16 + 1 / 64, ... 16. */
const SIGMOID = Float64Array.from({ length: 2049 }, (_, i) => 1 / (1 + Math.exp(16 - i / 64)));

/** Within 3e-6, several times faster than `Math.exp`: there are 40 000 of them in a frame. */
function sigmoid(x: number): number {
  const at = Math.min(2047.999, Math.max(0, (x + 16) * 64));
  const i = at | 0;
  return SIGMOID[i]! + (SIGMOID[i + 1]! - SIGMOID[i]!) * (at - i);
}

/** 0 at both ends of a side of `n` pixels, 1 from {@link FEATHER} pixels on; negative outside. */
export function ramp(i: number, n: number): number {
  return Math.min(1, Math.min(i, n - 1 - i) / FEATHER);
}

import type { Frame } from '../core/frame.js';

/** The detector works at this longer side: at 1:1 chips are then at least 4 pixels. */
const WORK_SIDE = 512;

/** Longer side divided by this: radius of the local mean that is taken away, about one chip. */
const RADIUS_DIVISOR = 100;

/** Added to the local activity, levels: keeps flat areas from being amplified without bound. */
const ACTIVITY_FLOOR = 1.5;
const CLIP = 2.5;

/** Averages what is left of frames when their content is taken away. */
export interface ResidualAverage {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`: sum over the frames of luma minus local mean, divided by the local activity and clipped. */
  readonly sum: Float32Array;
  readonly frames: number;
  /** Adds a frame of the size that the average was made for. */
  add(frame: Frame): void;
}

/** Mean over a window of `2 * radius + 1` in both directions, edges repeated. */
function boxMean(source: Float32Array, target: Float32Array, scratch: Float32Array, width: number, height: number, radius: number): void {
  const scale = 1 / (2 * radius + 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = -radius; x <= radius; x++) sum += source[row + Math.min(width - 1, Math.max(0, x))]!;
    for (let x = 0; x < width; x++) {
      scratch[row + x] = sum * scale;
      sum += source[row + Math.min(width - 1, x + radius + 1)]! - source[row + Math.max(0, x - radius)]!;
    }
  }
  // Row by row with one running sum a column, which is kinder to the cache than going down each column.
  const sums = new Float64Array(width);
  for (let y = -radius; y <= radius; y++) {
    const row = Math.min(height - 1, Math.max(0, y)) * width;
    for (let x = 0; x < width; x++) sums[x]! += scratch[row + x]!;
  }
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const enters = Math.min(height - 1, y + radius + 1) * width;
    const leaves = Math.max(0, y - radius) * width;
    for (let x = 0; x < width; x++) {
      target[row + x] = sums[x]! * scale;
      sums[x]! += scratch[enters + x]! - scratch[leaves + x]!;
    }
  }
}

/** Shrinks luma to the working size; every source pixel counts in the cell that holds its centre. */
function createShrink(width: number, height: number, toWidth: number, toHeight: number) {
  const column = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * toWidth) / width));
  const row = Int32Array.from({ length: height }, (_, y) => Math.floor(((y + 0.5) * toHeight) / height));
  const perColumn = new Float32Array(toWidth);
  const perRow = new Float32Array(toHeight);
  for (const x of column) perColumn[x]!++;
  for (const y of row) perRow[y]!++;
  return (data: Uint8ClampedArray, luma: Float32Array): void => {
    luma.fill(0);
    for (let y = 0, i = 0; y < height; y++) {
      const start = row[y]! * toWidth;
      for (let x = 0; x < width; x++, i += 4) {
        // BT.601 weights; the mark is the same in all three channels.
        luma[start + column[x]!]! += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
      }
    }
    for (let y = 0; y < toHeight; y++) {
      for (let x = 0; x < toWidth; x++) luma[y * toWidth + x]! /= perColumn[x]! * perRow[y]!;
    }
  };
}

/** Makes an average for frames of `width` x `height` pixels; large ones are shrunk to a longer side of 512. */
export function createResidualAverage(width: number, height: number): ResidualAverage {
  const scale = Math.min(1, WORK_SIDE / Math.max(width, height));
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  const radius = Math.max(3, Math.round(Math.max(w, h) / RADIUS_DIVISOR));
  const shrink = createShrink(width, height, w, h);
  const luma = new Float32Array(w * h);
  const local = new Float32Array(w * h);
  const size = new Float32Array(w * h);
  const scratch = new Float32Array(w * h);
  const sum = new Float32Array(w * h);
  let frames = 0;
  return {
    width: w,
    height: h,
    sum,
    get frames() {
      return frames;
    },
    add({ data }) {
      shrink(data, luma);
      boxMean(luma, local, scratch, w, h, radius);
      for (let i = 0; i < luma.length; i++) {
        luma[i]! -= local[i]!;
        size[i] = Math.abs(luma[i]!);
      }
      boxMean(size, local, scratch, w, h, radius);
      for (let i = 0; i < luma.length; i++) {
        const value = luma[i]! / (local[i]! + ACTIVITY_FLOOR);
        sum[i]! += value > CLIP ? CLIP : value < -CLIP ? -CLIP : value;
      }
      frames++;
    },
  };
}

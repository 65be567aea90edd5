import type { Frame } from '../../core/frame.js';
import { createWhitener } from './whiten.js';

/** The detector works at this longer side: chips of uncropped pictures are then 4 pixels. */
const WORK_SIDE = 512;

/** Frames that are averaged as they are before their content is taken away, which costs more than averaging. */
const GROUP = 8;

/** What frames of one size have in common once their content is taken away. */
export interface ResidualAverage {
  /** Working size, pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames added. */
  readonly frames: number;
  /** Adds a frame of the size that the average was made for. */
  add(frame: Frame): void;
  /** `[height, width]`: sum of whitened frames, any scale. */
  sum(): Float32Array;
}

/** Adds a frame's luma to a working-size picture; every source pixel counts in the cell that holds its centre. */
function createShrink(width: number, height: number, toWidth: number, toHeight: number) {
  const column = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * toWidth) / width));
  const row = Int32Array.from({ length: height }, (_, y) => Math.floor(((y + 0.5) * toHeight) / height));
  const perColumn = new Float32Array(toWidth);
  const perRow = new Float32Array(toHeight);
  for (const x of column) perColumn[x]!++;
  for (const y of row) perRow[y]!++;
  return {
    add(data: Uint8ClampedArray, sums: Float32Array): void {
      for (let y = 0, i = 0; y < height; y++) {
        const start = row[y]! * toWidth;
        for (let x = 0; x < width; x++, i += 4) {
          // BT.601 weights; the mark is the same in all three channels.
          sums[start + column[x]!]! += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
        }
      }
    },
    mean(sums: Float32Array, frames: number, luma: Float32Array): void {
      for (let y = 0; y < toHeight; y++) {
        for (let x = 0; x < toWidth; x++) luma[y * toWidth + x] = sums[y * toWidth + x]! / (perColumn[x]! * perRow[y]! * frames);
      }
    },
  };
}

/** Makes an average for frames of `width` x `height` pixels; large ones are shrunk to a longer side of 512. */
export function createResidualAverage(width: number, height: number): ResidualAverage {
  const scale = Math.min(1, WORK_SIDE / Math.max(width, height));
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  const shrink = createShrink(width, height, w, h);
  const whitener = createWhitener(w, h);
  const group = new Float32Array(w * h);
  const luma = new Float32Array(w * h);
  const sum = new Float32Array(w * h);
  let frames = 0;
  let grouped = 0;
  const closeGroup = (): void => {
    if (grouped === 0) return;
    shrink.mean(group, grouped, luma);
    whitener.addTo(sum, luma);
    group.fill(0);
    grouped = 0;
  };
  return {
    width: w,
    height: h,
    get frames() {
      return frames;
    },
    add({ data }) {
      shrink.add(data, group);
      frames++;
      if (++grouped === GROUP) closeGroup();
    },
    sum() {
      closeGroup();
      return sum;
    },
  };
}

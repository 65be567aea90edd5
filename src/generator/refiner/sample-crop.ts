import type { Frame } from '../../core/frame.js';
import { pictureX, pictureY, type CropFrame } from './crop-frame.js';
import { CROP_CHANNELS } from './layout.js';

/** Samples across one crop pixel at most: large pictures are thinned, not averaged in full. */
const MAX_SUBSAMPLES = 4;

/** A rectangle of a picture, with its place in it. */
export interface Patch extends Frame {
  /** Picture pixels of the patch's left column and top row. */
  readonly left: number;
  readonly top: number;
}

/**
 * Writes a picture's RGB (0..1) into three channels of a crop `[rows, cols, CROP_CHANNELS]`: the mean of the bilinear samples
 * under each crop pixel. Positions outside take the nearest edge pixel.
 *
 * @param channel - the first of the three.
 */
export function sampleCrop(picture: Frame & Partial<Pick<Patch, 'left' | 'top'>>, frame: CropFrame, crop: Float32Array, channel: number): void {
  const { left = 0, top = 0 } = picture;
  const k = Math.min(MAX_SUBSAMPLES, Math.max(1, Math.round(frame.pixel)));
  for (let v = 0; v < k; v++) {
    for (let u = 0; u < k; u++) addSamples(picture, left, top, frame, (u + 0.5) / k - 0.5, (v + 0.5) / k - 0.5, 1 / (255 * k * k), u + v === 0, crop, channel);
  }
}

/**
 * One bilinear sample in every crop pixel, `offsetX`, `offsetY` crop pixels from its centre, weighted; the first one replaces what is
 * there. The innermost loop of the refiner's preparation, so positions are stepped and nothing is called.
 */
function addSamples(
  { data, width, height }: Frame, left: number, top: number, frame: CropFrame, offsetX: number, offsetY: number,
  weight: number, first: boolean, crop: Float32Array, channel: number,
): void {
  const { cols, rows, pixel, flip, ex, ey } = frame;
  const stepX = pixel * flip * ex;
  const stepY = pixel * flip * ey;
  const lastX = width - 1.001;
  const lastY = height - 1.001;
  let o = channel;
  for (let j = 0; j < rows; j++) {
    const startX = pictureX(frame, offsetX, j + offsetY) - left;
    const startY = pictureY(frame, offsetX, j + offsetY) - top;
    for (let i = 0; i < cols; i++, o += CROP_CHANNELS) {
      const x = Math.min(lastX, Math.max(0, startX + i * stepX));
      const y = Math.min(lastY, Math.max(0, startY + i * stepY));
      const ix = x | 0;
      const iy = y | 0;
      const fx = x - ix;
      const fy = y - iy;
      const p = (iy * width + ix) * 4;
      const q = p + width * 4;
      const w11 = fx * fy * weight;
      const w10 = fx * weight - w11;
      const w01 = fy * weight - w11;
      const w00 = weight - w10 - w01 - w11;
      const r = data[p]! * w00 + data[p + 4]! * w10 + data[q]! * w01 + data[q + 4]! * w11;
      const g = data[p + 1]! * w00 + data[p + 5]! * w10 + data[q + 1]! * w01 + data[q + 5]! * w11;
      const b = data[p + 2]! * w00 + data[p + 6]! * w10 + data[q + 2]! * w01 + data[q + 6]! * w11;
      crop[o] = first ? r : crop[o]! + r;
      crop[o + 1] = first ? g : crop[o + 1]! + g;
      crop[o + 2] = first ? b : crop[o + 2]! + b;
    }
  }
}

import type { Frame } from '../../core/frame.js';
import { samplePixel } from '../sample-pixel.js';
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
  const { cols, rows } = frame;
  const k = Math.min(MAX_SUBSAMPLES, Math.max(1, Math.round(frame.pixel)));
  const share = 1 / (255 * k * k);
  const rgb = scratch;
  let o = channel;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++, o += CROP_CHANNELS) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let v = 0; v < k; v++) {
        const row = j + (v + 0.5) / k - 0.5;
        for (let u = 0; u < k; u++) {
          const column = i + (u + 0.5) / k - 0.5;
          samplePixel(picture, pictureX(frame, column, row) - left, pictureY(frame, column, row) - top, rgb);
          r += rgb[0]!;
          g += rgb[1]!;
          b += rgb[2]!;
        }
      }
      crop[o] = r * share;
      crop[o + 1] = g * share;
      crop[o + 2] = b * share;
    }
  }
}

const scratch = [0, 0, 0];

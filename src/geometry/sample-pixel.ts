import type { Frame } from '../core/frame.js';
import type { Opening } from './opening.js';

/**
 * Bilinear RGB of a picture; positions outside take the nearest edge pixel.
 *
 * @param x - pixels, 0 = the centre of the leftmost column.
 * @param y - pixels, 0 = the centre of the top row.
 * @param out - first three elements are written, 0..255.
 */
export function samplePixel({ data, width, height }: Frame, x: number, y: number, out: number[]): void {
  const cx = Math.min(width - 1.001, Math.max(0, x));
  const cy = Math.min(height - 1.001, Math.max(0, y));
  const ix = cx | 0;
  const iy = cy | 0;
  const fx = cx - ix;
  const fy = cy - iy;
  const p = (iy * width + ix) * 4;
  const q = p + width * 4;
  for (let k = 0; k < 3; k++) {
    const top = data[p + k]! * (1 - fx) + data[p + 4 + k]! * fx;
    const bottom = data[q + k]! * (1 - fx) + data[q + 4 + k]! * fx;
    out[k] = top * (1 - fy) + bottom * fy;
  }
}

/** The same at an opening's own coordinates. */
export function sampleOpening(frame: Frame, o: Opening, a: number, b: number, out: number[]): void {
  samplePixel(frame, o.x + (a * o.ex - b * o.ey) * o.width, o.y + (a * o.ey + b * o.ex) * o.width, out);
}

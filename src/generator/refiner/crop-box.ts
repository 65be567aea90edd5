import type { Box, Frame } from '../../core/frame.js';
import type { CropFrame } from './crop-frame.js';
import type { Patch } from './sample-crop.js';

/** Samplers read a rectangle of at least two pixels a side. */
const LEAST = 2;

/** The rectangle of whole pixels of a `width` x `height` picture that a crop's samples touch; at least 2 x 2, inside the picture. */
export function cropBox({ x, y, ex, ey, pixel, cols, rows }: CropFrame, width: number, height: number): Box {
  const along = pixel * (cols / 2 + 1);
  const down = pixel * (rows / 2 + 1);
  const reachX = Math.abs(ex) * along + Math.abs(ey) * down + 1;
  const reachY = Math.abs(ey) * along + Math.abs(ex) * down + 1;
  const [left, right] = span(x, reachX, width);
  const [top, bottom] = span(y, reachY, height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function span(centre: number, reach: number, size: number): readonly [number, number] {
  const from = Math.min(size - LEAST, Math.max(0, Math.floor(centre - reach)));
  return [from, Math.max(from + LEAST, Math.min(size, Math.ceil(centre + reach) + 1))];
}

/** Keeps what a picture looks like under a crop while the picture is drawn over. Its memory is used again for the next frame. */
export class PatchKeeper {
  #data = new Uint8ClampedArray(0);

  /** @returns Valid until the next call. */
  keep(picture: Frame, frame: CropFrame): Patch {
    const { x, y, width, height } = cropBox(frame, picture.width, picture.height);
    // Room to grow: a head that comes nearer would ask for a few pixels more in every frame.
    if (this.#data.length < width * height * 4) this.#data = new Uint8ClampedArray(Math.ceil(width * height * 1.5) * 4);
    for (let j = 0; j < height; j++) {
      const from = ((y + j) * picture.width + x) * 4;
      this.#data.set(picture.data.subarray(from, from + width * 4), j * width * 4);
    }
    return { data: this.#data, width, height, left: x, top: y };
  }
}

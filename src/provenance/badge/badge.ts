import type { Box, Frame } from '../../core/frame.js';
import { layOutBadge } from './layout.js';
import { drawPlate } from './plate.js';
import { badgeText } from './text.js';

/** The visible badge for frames of one size. */
export interface Badge {
  /** Where it lies, pixels. */
  readonly box: Box;
  /** Blends the badge over the frame in place. Where the frame is transparent the badge makes it opaque enough to be seen. */
  draw(frame: Frame): void;
}

/** 1.0 in the fixed-point blend. */
const ONE_SHIFT = 8;

/**
 * Draws the badge once, to be blended into every frame.
 *
 * @param width - Of the frames, pixels.
 * @param height - Of the frames, pixels.
 * @param face - Kept free where a corner allows it, pixels.
 * @param locale - `LANG` or BCP 47 style; default English.
 */
export function createBadge(width: number, height: number, face: Box | undefined, locale: string | undefined): Badge {
  const { text, cap, x, y } = layOutBadge(width, height, badgeText(locale), face);
  const plate = drawPlate(text, cap);
  const columns = Math.min(plate.width, width - x);
  const rows = Math.min(plate.height, height - y);
  const keep = Uint16Array.from(plate.alpha, (a) => Math.round((1 - a) * 2 ** ONE_SHIFT));
  const add = Uint32Array.from(plate.colour, (c) => Math.round(c * 2 ** ONE_SHIFT) + 2 ** (ONE_SHIFT - 1));
  return {
    box: { x, y, width: columns, height: rows },
    draw({ data }) {
      for (let row = 0; row < rows; row++) {
        let p = row * plate.width;
        let i = ((y + row) * width + x) * 4;
        for (let column = 0; column < columns; column++, p++, i += 4) {
          const k = keep[p]!;
          const c = add[p]!;
          data[i] = (data[i]! * k + c) >> ONE_SHIFT;
          data[i + 1] = (data[i + 1]! * k + c) >> ONE_SHIFT;
          data[i + 2] = (data[i + 2]! * k + c) >> ONE_SHIFT;
          data[i + 3] = 255 - (((255 - data[i + 3]!) * k) >> ONE_SHIFT);
        }
      }
    },
  };
}

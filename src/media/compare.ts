import type { Box, Frame } from '../core/frame.js';
import { createFrame } from '../core/frame.js';
import { Resampler } from './resample.js';
import type { Place } from './resample.js';

/** Driver, portrait and result side by side. */
export interface Comparison {
  /** Pixels of the whole picture. */
  readonly width: number;
  readonly height: number;
  /** Where a box of the result lies in the whole picture. */
  place(box: Box): Box;
  /**
   * Draws one frame. The picture returned is reused by the next call.
   *
   * @param driver - Any size, fitted into its panel whole; `undefined` leaves the panel empty.
   * @param result - Of the portrait's size.
   */
  compose(driver: Frame | undefined, result: Frame): Frame;
}

/** Between and around panels, part of a panel's longer side. */
const GAP = 0.015;
/** Grey around the panels, 0..255. */
const MOUNT = 32;
/** Hardware players stop here, pixels. */
const MAX_SIDE = 3840;

/**
 * Prepares a comparison: three panels of the portrait's size (smaller when the whole would exceed 3840 pixels).
 *
 * @param portrait - As it was before animation.
 * @param evenSides - Whether the encoder needs an even width and height.
 */
export function createComparison(portrait: Frame, evenSides: boolean): Comparison {
  const whole = layout(portrait, 1);
  const { panel, gap, width, height } = layout(portrait, Math.min(1, MAX_SIDE / Math.max(whole.width, whole.height)));
  const even = (side: number): number => (evenSides ? side + (side % 2) : side);
  const picture = createFrame(even(width), even(height));
  const at = (column: number): Place => ({ x: gap + column * (panel.width + gap), y: gap, ...panel });

  // Marks are put on the picture in place: each frame starts again from this one.
  const empty = createFrame(picture.width, picture.height);
  empty.data.fill(MOUNT);
  for (let i = 3; i < empty.data.length; i += 4) empty.data[i] = 255;
  const intoResult = new Resampler(portrait, at(2));
  new Resampler(portrait, at(1)).draw(portrait, empty);

  let driverSize = '';
  let intoDriver: Resampler | undefined;

  return {
    width: picture.width,
    height: picture.height,
    place(box) {
      const scale = panel.width / portrait.width;
      const { x, y } = at(2);
      return { x: x + box.x * scale, y: y + box.y * scale, width: box.width * scale, height: box.height * scale };
    },
    compose(driver, result) {
      picture.data.set(empty.data);
      if (driver) {
        const size = `${String(driver.width)}x${String(driver.height)}`;
        if (size !== driverSize) {
          intoDriver = new Resampler(driver, fitted(driver, at(0)));
          driverSize = size;
        }
        intoDriver?.draw(driver, picture);
      }
      intoResult.draw(result, picture);
      return picture;
    },
  };
}

function layout(portrait: Frame, scale: number): { panel: { width: number; height: number }; gap: number; width: number; height: number } {
  const panel = { width: Math.max(1, Math.floor(portrait.width * scale)), height: Math.max(1, Math.floor(portrait.height * scale)) };
  const gap = Math.max(2, Math.round(Math.max(panel.width, panel.height) * GAP));
  return { panel, gap, width: 3 * panel.width + 4 * gap, height: panel.height + 2 * gap };
}

/** The largest rectangle of the picture's shape in the middle of a panel. */
function fitted(picture: Frame, panel: Place): Place {
  const scale = Math.min(panel.width / picture.width, panel.height / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  return { x: panel.x + ((panel.width - width) >> 1), y: panel.y + ((panel.height - height) >> 1), width, height };
}

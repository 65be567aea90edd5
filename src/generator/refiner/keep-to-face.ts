import type { Opening } from '../../geometry/opening.js';
import type { Controls } from './controls.js';
import { pictureX, pictureY, type CropFrame } from './crop-frame.js';
import { openingDistance } from './distances.js';

/** Crop pixels across the outline over which alpha shuts. */
const EDGE = 8;

/**
 * Shuts the alpha of mouth and eyes outside of the face: what they do to skin would show as a rim on a dark ground.
 *
 * @param frame - where the crop lies.
 * @param outline - of the whole face, in the same picture.
 */
export function keepToFace({ masks }: Controls, frame: CropFrame, outline: Opening): void {
  let m = 0;
  for (let j = 0; j < frame.rows; j++) {
    for (let i = 0; i < frame.cols; i++, m += 3) {
      const inside = openingDistance(outline, pictureX(frame, i, j), pictureY(frame, i, j)) / frame.pixel;
      if (inside < EDGE / 2) masks[m]! *= Math.max(0, 0.5 + inside / EDGE);
    }
  }
}

import { ramp, type Controls } from './controls.js';
import { cropColumn, cropRow, pictureX, pictureY, type CropFrame } from './crop-frame.js';

/**
 * Shuts a whole face's alpha where mouth and eyes have networks of their own: what is theirs to correct would be corrected twice. It fades in where theirs fade
 * out, at the borders of their crops.
 *
 * @param frame - of the face's crop.
 * @param features - where the crops of mouth and eyes lie.
 */
export function keepOffFeatures({ masks }: Controls, frame: CropFrame, features: readonly CropFrame[]): void {
  let m = 0;
  for (let j = 0; j < frame.rows; j++) {
    for (let i = 0; i < frame.cols; i++, m += 3) {
      if (masks[m] === 0) continue;
      const x = pictureX(frame, i, j);
      const y = pictureY(frame, i, j);
      for (const feature of features) {
        const theirs = Math.max(0, ramp(cropColumn(feature, x, y), feature.cols)) * Math.max(0, ramp(cropRow(feature, x, y), feature.rows));
        masks[m]! *= 1 - theirs;
      }
    }
  }
}

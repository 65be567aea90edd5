import type { Controls } from './controls.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';

/**
 * Shuts a whole face's alpha on mouth and eyes, and outside of the face's outline: half open on the contours themselves.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop.
 */
export function keepToSkin({ masks }: Controls, crop: Float32Array): void {
  for (let o = CHANNEL.distance, m = 0; m < masks.length; o += CROP_CHANNELS, m += 3) {
    masks[m]! *= share(0.5 + 4 * crop[o]!) * share(0.5 - 6 * crop[o + 1]!);
  }
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}

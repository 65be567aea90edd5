import { luma } from '../palette.js';
import type { Controls } from './controls.js';
import { createSkinTone, measureSkin } from './grade.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';

/** Signed distance to the inner lips (as crops hold it) from which on a pixel lies inside. */
const INSIDE = 0.06;
/** Share of the skin's tone from which on the inside isn't dark. */
const LIT = 0.8;

const skin = createSkinTone();

/**
 * Lets the residual lighten a mouth's inside only where the draft isn't dark. What lies in a cavity the network can't know, and the mean of tongue, teeth and nothing is a grey
 * that no mouth has. Gain still works there: it keeps dark what is dark.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop.
 */
export function keepCavity({ rows, cols, tones }: Controls, crop: Float32Array): void {
  measureSkin(crop, CHANNEL.draft, CROP_CHANNELS, crop, CHANNEL.distance, CROP_CHANNELS, false, skin, -Infinity);
  const lit = LIT * Math.max(1e-3, luma(...skin.mean));
  for (let j = 0, t = 0; j < rows; j += 2) {
    for (let i = 0; i < cols; i += 2, t += 6) {
      const o = (j * cols + i) * CROP_CHANNELS;
      const inside = Math.min(1, crop[o + CHANNEL.distance + 1]! / INSIDE);
      if (inside <= 0) continue;
      const kept = 1 - inside * (1 - Math.min(1, draftTone(crop, o) / lit));
      for (let k = t; k < t + 3; k++) if (tones[k]! > 0) tones[k]! *= kept;
    }
  }
}

function draftTone(crop: Float32Array, o: number): number {
  return luma(crop[o + CHANNEL.draft]!, crop[o + CHANNEL.draft + 1]!, crop[o + CHANNEL.draft + 2]!);
}

import { luma } from '../palette.js';
import type { Controls } from './controls.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';

/** Signed distance to the inner lips (as crops hold it) from which on a pixel lies inside. */
const INSIDE = 0.06;
/** The same to the outer lips, below which it is skin. */
const SKIN = -0.1;
/** Share of the skin's tone from which on the inside isn't dark. */
const LIT = 0.8;

/**
 * Lets the residual lighten a mouth's inside only where the draft isn't dark. What lies in a cavity the network can't know, and the mean of tongue, teeth and nothing is a grey
 * that no mouth has. Gain still works there: it keeps dark what is dark.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop.
 */
export function keepCavity({ rows, cols, tones }: Controls, crop: Float32Array): void {
  const lit = LIT * skinTone(crop);
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

/** Mean tone of the skin around the lips. */
function skinTone(crop: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let o = 0; o < crop.length; o += CROP_CHANNELS) {
    if (crop[o + CHANNEL.distance]! >= SKIN) continue;
    sum += draftTone(crop, o);
    count++;
  }
  return Math.max(1e-3, sum / Math.max(1, count));
}

function draftTone(crop: Float32Array, o: number): number {
  return luma(crop[o + CHANNEL.draft]!, crop[o + CHANNEL.draft + 1]!, crop[o + CHANNEL.draft + 2]!);
}

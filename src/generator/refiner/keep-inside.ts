import { luma } from '../palette.js';
import type { Controls } from './controls.js';
import { createSkinTone, measureSkin } from './grade.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';

/** Signed distance to the inner lips (as crops hold it) from which on a pixel lies inside. */
const INSIDE = 0.06;
/** Share of the skin's tone from which on the inside isn't dark. */
const LIT = 0.8;
/** Shares of the skin's tone between which the inside becomes teeth. */
const TEETH_FROM = 0.6;
const TEETH_TO = 0.8;
/** Share of the draft's light that teeth keep where the driver's are no darker. */
const TEETH_KEEP = 0.9;
/** Redness of the skin beside the mouth up to which the inside counts as teeth, and from which on as flesh; in a grey picture only tone tells. */
const TOOTH_RED = 1;
const FLESH_RED = 1.25;
const LEAST_RED = 0.15;

const skin = createSkinTone();

/**
 * Keeps a mouth's inside from the mean of all that it might show: the network can't know where teeth, tongue and nothing lie, so it greys all of them.
 * The residual lightens only where the draft isn't dark (gain still works there: it keeps dark what is dark); and where draft and driver both show light teeth,
 * they stay nearly as light.
 *
 * @param crop - `[rows, cols, CROP_CHANNELS]`, of the same crop. Without the driver's pixels teeth are a guess, and the network may dim them.
 */
export function keepInside({ rows, cols, tones }: Controls, crop: Float32Array): void {
  measureSkin(crop, CHANNEL.draft, CROP_CHANNELS, crop, CHANNEL.distance, CROP_CHANNELS, false, skin, -Infinity);
  const skinTone = Math.max(1e-3, luma(...skin.mean));
  const skinRed = Math.max(LEAST_RED, (skin.mean[0] - skin.mean[1]) / skinTone);
  for (let j = 0, t = 0; j < rows; j += 2) {
    for (let i = 0; i < cols; i += 2, t += 6) {
      const o = (j * cols + i) * CROP_CHANNELS;
      const inside = Math.min(1, crop[o + CHANNEL.distance + 1]! / INSIDE);
      if (inside <= 0) continue;
      const [red, green, blue] = [crop[o + CHANNEL.draft]!, crop[o + CHANNEL.draft + 1]!, crop[o + CHANNEL.draft + 2]!];
      const value = luma(red, green, blue);
      const tone = value / skinTone;
      const kept = 1 - inside * (1 - Math.min(1, tone / LIT));
      for (let k = t; k < t + 3; k++) if (tones[k]! > 0) tones[k]! *= kept;

      const redness = (red - green) / (value + 0.02) / skinRed;
      const teeth = inside * rise(tone, TEETH_FROM, TEETH_TO) * (1 - rise(redness, TOOTH_RED, FLESH_RED));
      if (teeth <= 0) continue;
      const driven = luma(crop[o + CHANNEL.driver]!, crop[o + CHANNEL.driver + 1]!, crop[o + CHANNEL.driver + 2]!);
      const gained = luma(tones[t + 3]! * red, tones[t + 4]! * green, tones[t + 5]! * blue);
      const least = Math.min(TEETH_KEEP * value, driven) - luma(tones[t]!, tones[t + 1]!, tones[t + 2]!);
      if (gained >= least) continue;
      const lift = 1 + teeth * (least / gained - 1);
      for (let k = t + 3; k < t + 6; k++) tones[k]! *= lift;
    }
  }
}

/** 0 up to `from`, 1 from `to` on. */
function rise(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

import { createControls, weakenWarpInside } from '#dist/generator/refiner/controls.js';
import { keepCavity } from '#dist/generator/refiner/keep-cavity.js';
import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { describe, expect, it } from 'vitest';

const [ROWS, COLS] = [64, 96];
const SKIN = 0.5;

/** The residual of a pixel of that tone and those distances after `keepCavity`, in a crop that is skin else. */
function residual(before: number, tone: number, { outer, inner }: { outer: number; inner: number }): number {
  const crop = new Float32Array(ROWS * COLS * CROP_CHANNELS);
  for (let o = 0; o < crop.length; o += CROP_CHANNELS) {
    crop.fill(SKIN, o + CHANNEL.draft, o + CHANNEL.draft + 3);
    crop.fill(-1, o + CHANNEL.distance, o + CHANNEL.distance + 2);
  }
  const o = (32 * COLS + 48) * CROP_CHANNELS;
  crop.fill(tone, o + CHANNEL.draft, o + CHANNEL.draft + 3);
  crop.set([outer, inner], o + CHANNEL.distance);
  const controls = createControls(ROWS, COLS);
  controls.tones.fill(before);
  keepCavity(controls, crop);
  const t = (16 * (COLS / 2) + 24) * 6;
  const [changed, ...rest] = [controls.tones.slice(t, t + 3), controls.tones.slice(t + 3, t + 6)];
  for (const gain of rest[0]!) expect(gain).toBeCloseTo(before, 6);
  expect(changed![1]).toBe(changed![0]);
  // Everything else of the crop is skin: left alone.
  expect(controls.tones[0]).toBeCloseTo(before, 6);
  return changed![0]!;
}

const INSIDE = { outer: 0.5, inner: 0.2 };

describe('a cavity', () => {
  it('is lightened as far as the draft isn\'t dark', () => {
    expect(residual(0.2, 0, INSIDE)).toBeCloseTo(0, 6);
    expect(residual(0.2, 0.1, INSIDE)).toBeCloseTo(0.05, 4);
    expect(residual(0.2, SKIN, INSIDE)).toBeCloseTo(0.2, 6);
  });

  it('is darkened as far as the network likes', () => {
    expect(residual(-0.2, 0, INSIDE)).toBeCloseTo(-0.2, 6);
  });

  it('ends at the lips', () => {
    expect(residual(0.2, 0, { outer: 0.1, inner: -0.01 })).toBeCloseTo(0.2, 6);
    expect(residual(0.2, 0, { outer: 0.1, inner: 0.03 })).toBeCloseTo(0.1, 4);
  });
});

it('mixes no smeared teeth in: the warp counts between the lips as far as it is none', () => {
  const crop = new Float32Array(ROWS * COLS * CROP_CHANNELS);
  for (let o = CHANNEL.distance + 1; o < crop.length; o += CROP_CHANNELS) crop[o] = o % (COLS * CROP_CHANNELS) < (COLS / 2) * CROP_CHANNELS ? 0.2 : -0.2;
  const controls = createControls(ROWS, COLS);
  controls.masks.fill(0.8);
  weakenWarpInside(controls, crop, 0.25);
  const [inside, outside] = [controls.masks.slice(0, 3), controls.masks.slice(-3)];
  expect([...inside]).toEqual([expect.closeTo(0.8), expect.closeTo(0.2), expect.closeTo(0.8)]);
  expect([...outside]).toEqual([expect.closeTo(0.8), expect.closeTo(0.8), expect.closeTo(0.8)]);
});

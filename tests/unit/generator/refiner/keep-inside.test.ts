import { createControls, weakenWarpInside } from '#dist/generator/refiner/controls.js';
import { keepInside } from '#dist/generator/refiner/keep-inside.js';
import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { describe, expect, it } from 'vitest';

const [ROWS, COLS] = [64, 96];
const SKIN = 0.5;

/** What `keepInside` makes of the residual and the gain of a pixel of that tone and those distances, in a crop that is skin else. */
function keep({ residual = 0, gain = 1 }: { residual?: number; gain?: number }, tone: number | readonly number[], { outer, inner, driver = 1 }: { outer: number; inner: number; driver?: number }): { residual: number; gain: number } {
  const crop = new Float32Array(ROWS * COLS * CROP_CHANNELS);
  for (let o = 0; o < crop.length; o += CROP_CHANNELS) {
    crop.fill(SKIN, o + CHANNEL.draft, o + CHANNEL.draft + 3);
    crop.fill(-1, o + CHANNEL.distance, o + CHANNEL.distance + 2);
  }
  const o = (32 * COLS + 48) * CROP_CHANNELS;
  crop.set(typeof tone === 'number' ? [tone, tone, tone] : tone, o + CHANNEL.draft);
  crop.fill(driver, o + CHANNEL.driver, o + CHANNEL.driver + 3);
  crop.set([outer, inner], o + CHANNEL.distance);
  const controls = createControls(ROWS, COLS);
  for (let t = 0; t < controls.tones.length; t += 6) controls.tones.fill(residual, t, t + 3).fill(gain, t + 3, t + 6);
  keepInside(controls, crop);
  const t = (16 * (COLS / 2) + 24) * 6;
  const [kept, keptGain] = [controls.tones[t]!, controls.tones[t + 3]!];
  expect([...controls.tones.slice(t, t + 6)]).toEqual([kept, kept, kept, keptGain, keptGain, keptGain]);
  // Everything else of the crop is skin: left alone.
  expect([...controls.tones.slice(0, 6)]).toEqual([residual, residual, residual, gain, gain, gain].map((value) => expect.closeTo(value, 6)));
  return { residual: kept, gain: keptGain };
}

const INSIDE = { outer: 0.5, inner: 0.2 };

describe('a cavity', () => {
  it('is lightened as far as the draft isn\'t dark', () => {
    expect(keep({ residual: 0.2 }, 0, INSIDE).residual).toBeCloseTo(0, 6);
    expect(keep({ residual: 0.2 }, 0.1, INSIDE).residual).toBeCloseTo(0.05, 4);
    expect(keep({ residual: 0.2 }, SKIN, INSIDE).residual).toBeCloseTo(0.2, 6);
  });

  it('is darkened as far as the network likes', () => {
    expect(keep({ residual: -0.2, gain: 0.5 }, 0.1, INSIDE)).toEqual({ residual: expect.closeTo(-0.2, 6), gain: expect.closeTo(0.5, 6) });
  });

  it('ends at the lips', () => {
    expect(keep({ residual: 0.2 }, 0, { outer: 0.1, inner: -0.01 }).residual).toBeCloseTo(0.2, 6);
    expect(keep({ residual: 0.2 }, 0, { outer: 0.1, inner: 0.03 }).residual).toBeCloseTo(0.1, 4);
  });
});

describe('teeth', () => {
  it('keep nine tenths of the draft\'s light, where the driver\'s have it', () => {
    expect(keep({ gain: 0.6 }, SKIN, INSIDE).gain).toBeCloseTo(0.9, 4);
    const dimmed = keep({ residual: -0.1 }, SKIN, INSIDE);
    expect(SKIN * dimmed.gain + dimmed.residual).toBeCloseTo(0.9 * SKIN, 4);
  });

  it('are dimmed to the driver\'s light, and freely without a driver', () => {
    expect(keep({ gain: 0.6 }, SKIN, { ...INSIDE, driver: 0.8 * SKIN }).gain).toBeCloseTo(0.8, 4);
    expect(keep({ gain: 0.6 }, SKIN, { ...INSIDE, driver: 0 }).gain).toBeCloseTo(0.6, 6);
  });

  it('are no tongue: what is redder than the skin is dimmed as the network likes', () => {
    expect(keep({ gain: 0.6 }, [0.7, 0.5, 0.5], INSIDE).gain).toBeCloseTo(0.6, 6);
    expect(keep({ gain: 0.6 }, [0.51, 0.5, 0.5], INSIDE).gain).toBeCloseTo(0.9, 4);
  });

  it('are dimmed a little and lightened as the network likes', () => {
    expect(keep({ gain: 0.95 }, SKIN, INSIDE).gain).toBeCloseTo(0.95, 6);
    expect(keep({ gain: 1.3 }, SKIN, INSIDE).gain).toBeCloseTo(1.3, 6);
  });

  it('begin gradually, between six and eight tenths of the skin\'s tone, and end at the lips', () => {
    expect(keep({ gain: 0.6 }, 0.6 * SKIN, INSIDE).gain).toBeCloseTo(0.6, 4);
    expect(keep({ gain: 0.6 }, 0.7 * SKIN, INSIDE).gain).toBeCloseTo(0.75, 4);
    expect(keep({ gain: 0.6 }, SKIN, { outer: 0.1, inner: 0.03 }).gain).toBeCloseTo(0.75, 4);
    expect(keep({ gain: 0.6 }, SKIN, { outer: 0.1, inner: -0.01 }).gain).toBeCloseTo(0.6, 6);
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

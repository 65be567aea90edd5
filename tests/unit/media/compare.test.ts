import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import type { Frame } from '#dist/core/frame.js';
import { createComparison } from '#dist/media/compare.js';
import { Resampler } from '#dist/media/resample.js';

function flat(width: number, height: number, [r, g, b]: [number, number, number]): Frame {
  const frame = createFrame(width, height);
  for (let i = 0; i < frame.data.length; i += 4) frame.data.set([r, g, b, 255], i);
  return frame;
}

function pixel(frame: Frame, x: number, y: number): number[] {
  return [...frame.data.subarray((Math.floor(y) * frame.width + Math.floor(x)) * 4, (Math.floor(y) * frame.width + Math.floor(x)) * 4 + 4)];
}

const RED: [number, number, number] = [200, 10, 20];
const GREEN: [number, number, number] = [10, 180, 30];
const BLUE: [number, number, number] = [5, 15, 220];

describe('createComparison', () => {
  it('puts driver, portrait and result side by side, the driver whole', () => {
    const comparison = createComparison(flat(101, 151, GREEN), true);
    const picture = comparison.compose(flat(40, 30, RED), flat(101, 151, BLUE));
    expect([picture.width % 2, picture.height % 2]).toEqual([0, 0]);
    const y = picture.height / 2;
    expect(pixel(picture, picture.width / 6, y)).toEqual([...RED, 255]);
    expect(pixel(picture, picture.width / 2, y)).toEqual([...GREEN, 255]);
    expect(pixel(picture, (picture.width * 5) / 6, y)).toEqual([...BLUE, 255]);
    // A landscape driver leaves the top of a portrait panel empty.
    expect(pixel(picture, picture.width / 6, 8)).toEqual([32, 32, 32, 255]);
  });

  it('forgets marks drawn on the frame before, and the driver when it is gone', () => {
    const comparison = createComparison(flat(60, 60, GREEN), false);
    const first = comparison.compose(flat(60, 60, RED), flat(60, 60, BLUE));
    first.data.fill(77);
    const second = comparison.compose(undefined, flat(60, 60, BLUE));
    expect(pixel(second, second.width / 2, second.height / 2)).toEqual([...GREEN, 255]);
    expect(pixel(second, second.width / 6, second.height / 2)).toEqual([32, 32, 32, 255]);
  });

  it('keeps inside 3840 pixels and says where the result is', () => {
    const portrait = flat(3000, 2000, GREEN);
    const result = createFrame(3000, 2000);
    for (let y = 500; y < 700; y++) for (let x = 1000; x < 1400; x++) result.data.set([255, 255, 255, 255], (y * 3000 + x) * 4);
    const comparison = createComparison(portrait, true);
    expect(comparison.width).toBeLessThanOrEqual(3840);
    const picture = comparison.compose(undefined, result);
    const box = comparison.place({ x: 1000, y: 500, width: 400, height: 200 });
    expect(pixel(picture, box.x + 3, box.y + 3)).toEqual([255, 255, 255, 255]);
    expect(pixel(picture, box.x + box.width - 3, box.y + box.height - 3)).toEqual([255, 255, 255, 255]);
    expect(pixel(picture, box.x - 4, box.y + 3)).toEqual([0, 0, 0, 255]);
    expect(pixel(picture, box.x + box.width + 3, box.y + 3)).toEqual([0, 0, 0, 255]);
  });
});

describe('Resampler', () => {
  it('copies at the same size and keeps the mean when it shrinks', () => {
    const noise = createFrame(90, 64);
    let seed = 1;
    for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : (seed = (seed * 16807) % 2147483647) & 255;
    const same = createFrame(90, 64);
    new Resampler(noise, { x: 0, y: 0, width: 90, height: 64 }).draw(noise, same);
    expect(same.data).toEqual(noise.data);
    const small = createFrame(17, 11);
    new Resampler(noise, { x: 0, y: 0, width: 17, height: 11 }).draw(noise, small);
    const mean = (frame: Frame): number => frame.data.reduce((sum, value) => sum + value, 0) / frame.data.length;
    expect(Math.abs(mean(small) - mean(noise))).toBeLessThan(2);
  });

  it('works down to single pixels', () => {
    const one = flat(1, 1, RED);
    const out = createFrame(5, 3);
    new Resampler(one, { x: 0, y: 0, width: 5, height: 3 }).draw(one, out);
    expect(pixel(out, 4, 2)).toEqual([...RED, 255]);
    new Resampler(out, { x: 0, y: 0, width: 1, height: 1 }).draw(out, one);
    expect(pixel(one, 0, 0)).toEqual([...RED, 255]);
  });
});

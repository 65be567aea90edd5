import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { luma, pixelError, psnr } from '../../../bench/quality/metrics/pixels.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { maskPyramid, pyramid, structure } from '../../../bench/quality/metrics/ssim.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { fitSimilarity, movePicture, movePoints } from '../../../bench/quality/align.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { flickerBetween } from '../../../bench/quality/metrics/flicker.mjs';
import { facePoints } from '../motion/synthetic-face.js';

const rgba = (...pixels: readonly (readonly number[])[]): Uint8ClampedArray => Uint8ClampedArray.from(pixels.flatMap((pixel) => [...pixel, 255]));

/** SSIM of two planes over one region that is all of them. */
function similarity(a: Float32Array, b: Float32Array, width: number, height: number): { ssim: number; msssim: number } {
  const all = maskPyramid(new Float32Array(width * height).fill(1), width, height);
  return structure(pyramid(a, width, height), pyramid(b, width, height), { all }).all;
}

describe('pixel error', () => {
  it('is the mean over the region and its three channels, in parts of the range', () => {
    const a = rgba([0, 0, 0], [255, 255, 255], [10, 10, 10]);
    const b = rgba([51, 0, 0], [255, 255, 255], [200, 200, 200]);
    const { l1, mse } = pixelError(a, b, Float32Array.of(1, 1, 0));
    expect(l1).toBeCloseTo(0.2 / 6, 10);
    expect(mse).toBeCloseTo(0.04 / 6, 10);
  });

  it('says nothing about an empty region', () => {
    expect(pixelError(rgba([0, 0, 0]), rgba([9, 9, 9]), Float32Array.of(0))).toBeUndefined();
  });

  it('gives PSNR in decibels', () => {
    expect(psnr(0.01)).toBeCloseTo(20, 10);
    expect(psnr(0.1 ** 4)).toBeCloseTo(40, 10);
  });

  it('weighs colours as BT.601 does', () => {
    expect([...luma(rgba([255, 0, 0], [0, 255, 0], [0, 0, 255]))].map(Math.round)).toEqual([76, 150, 29]);
  });
});

describe('structural similarity', () => {
  const [width, height] = [64, 48];
  const plane = (value: (x: number, y: number) => number): Float32Array => Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));

  it('is 1 for a picture and itself', () => {
    const wave = plane((x, y) => 128 + 60 * Math.sin(x / 3) * Math.cos(y / 4));
    const { ssim, msssim } = similarity(wave, wave, width, height);
    expect(ssim).toBeCloseTo(1, 4);
    expect(msssim).toBeCloseTo(1, 4);
  });

  it('of two flat pictures is the luminance term alone', () => {
    const c1 = (0.01 * 255) ** 2;
    const expected = (2 * 100 * 150 + c1) / (100 ** 2 + 150 ** 2 + c1);
    const { ssim, msssim } = similarity(plane(() => 100), plane(() => 150), width, height);
    expect(ssim).toBeCloseTo(expected, 4);
    // Only the coarsest scale looks at luminance.
    expect(msssim).toBeCloseTo(expected ** 0.1333, 3);
  });

  it('is negative for a negative, and no power of it is taken', () => {
    const wave = plane((x) => 128 + 80 * (x % 2 ? 1 : -1));
    const { ssim, msssim } = similarity(wave, wave.map((v) => 255 - v), width, height);
    expect(ssim).toBeLessThan(-0.9);
    expect(msssim).toBe(0);
  });

  it('sees only the region', () => {
    const a = plane(() => 100);
    const b = plane((x) => (x < width / 2 ? 100 : 30));
    const left = maskPyramid(plane((x) => (x < width / 2 - 6 ? 1 : 0)), width, height);
    expect(structure(pyramid(a, width, height), pyramid(b, width, height), { left }).left.ssim).toBeCloseTo(1, 4);
  });
});

describe('alignment', () => {
  it('finds the similarity between two faces and undoes it', () => {
    const points = facePoints({ scale: 40, centre: [100, 100] });
    const turn = { a: 1.1 * Math.cos(0.2), b: 1.1 * Math.sin(0.2), tx: 7, ty: -3 };
    const found = fitSimilarity(points, movePoints(points, turn));
    for (const key of ['a', 'b', 'tx', 'ty'] as const) expect(found[key]).toBeCloseTo(turn[key], 3);
  });

  it('moves pixels the way it moves points', () => {
    const size = 16;
    const blank = (): { data: Uint8ClampedArray; width: number; height: number } => ({ data: new Uint8ClampedArray(4 * size * size), width: size, height: size });
    const picture = blank();
    picture.data.fill(255, 4 * (5 * size + 4), 4 * (5 * size + 5)); // pixel (4, 5)
    const out = blank();
    const inside = new Uint8Array(size * size);
    movePicture(picture, { a: 1, b: 0, tx: 3, ty: 2 }, out, inside, { x: 0, y: 0, width: size, height: size });
    expect(out.data[4 * (7 * size + 7)]).toBe(255);
    expect(inside[0]).toBe(0);
    expect(inside[7 * size + 7]).toBe(1);
  });
});

describe('flicker', () => {
  const side = 120;
  const points = facePoints({ scale: 25, centre: [60, 60] });
  const crop = { x: 0, y: 0, width: side, height: side };
  const ramp = (shift: number, lift = 0): { data: Uint8ClampedArray; width: number; height: number } => ({
    data: Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => (i % 4 === 3 ? 255 : (Math.floor(i / 4) % side) - shift + 40 + lift)),
    width: side,
    height: side,
  });
  const moved = (by: number): Float32Array => points.map((value, i) => (i % 3 === 0 ? value + by : value));

  it('is nothing when the picture moves with the face', () => {
    expect(flickerBetween({ frame: ramp(0), points }, { frame: ramp(5), points: moved(5) }, crop)).toBeLessThan(0.002);
  });

  it('is the change that motion does not explain', () => {
    expect(flickerBetween({ frame: ramp(0), points }, { frame: ramp(5, 51), points: moved(5) }, crop)).toBeCloseTo(0.2, 2);
    expect(flickerBetween({ frame: ramp(0), points }, { frame: ramp(0), points: moved(5) }, crop)).toBeCloseTo(5 / 255, 2);
  });
});

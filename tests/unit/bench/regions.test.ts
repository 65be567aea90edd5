import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { cropPixels, faceCrop, regionMasks } from '../../../bench/quality/regions.mjs';
import { facePoints } from '../motion/synthetic-face.js';

const width = 240;
const height = 260;
const points = facePoints({ scale: 60, centre: [120, 110] });
const crop = faceCrop(points, width, height);
const masks = regionMasks(points, crop, new Uint8Array(width * height).fill(1), width) as Record<string, Float32Array>;
const at = (name: string, i: number, dx = 0, dy = 0): number =>
  masks[name]![(Math.round(points[3 * i + 1]! + dy) - crop.y) * crop.width + Math.round(points[3 * i]! + dx) - crop.x]!;
const area = (name: string): number => masks[name]!.reduce((sum, value) => sum + value, 0);

describe('regions', () => {
  it('lie where the landmarks say', () => {
    expect(at('mouth', 13)).toBe(1); // inner lip
    expect(at('mouth', 1)).toBe(0); // tip of the nose
    expect([at('eyes', 468), at('eyes', 473), at('eyes', 13)]).toEqual([1, 1, 0]); // irises, lip
    expect([at('skin', 1), at('skin', 13), at('skin', 468)]).toEqual([1, 0, 0]);
    expect([at('face', 1), at('face', 10, 0, -4)]).toEqual([1, 0]); // above the forehead
  });

  it('together are the face', () => {
    expect(area('face')).toBe(area('mouth') + area('eyes') + area('skin'));
    expect(area('mouth') / area('face')).toBeGreaterThan(0.03);
    expect(area('mouth') / area('face')).toBeLessThan(0.2);
  });

  it('end where there is no ground truth', () => {
    const inside = Uint8Array.from({ length: width * height }, (_, i) => (i % width < 120 ? 1 : 0));
    const half = regionMasks(points, crop, inside, width) as Record<string, Float32Array>;
    const sum = half['face']!.reduce((total, value) => total + value, 0);
    expect(sum / area('face')).toBeCloseTo(0.5, 1);
  });

  it('are cut out of the picture at the same place', () => {
    const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i >> 2) % width);
    const pixels = cropPixels({ data, width, height }, crop);
    expect(pixels[0]).toBe(crop.x);
    expect(pixels[4 * (crop.width - 1)]).toBe(crop.x + crop.width - 1);
    expect(pixels.length).toBe(4 * crop.width * crop.height);
  });
});

import { createControls } from '#dist/generator/refiner/controls.js';
import { createCropFrame, pictureX, pictureY } from '#dist/generator/refiner/crop-frame.js';
import { keepToFace } from '#dist/generator/refiner/keep-to-face.js';
import { REFINER_REGIONS } from '#dist/generator/refiner/regions.js';
import { createOpening } from '#dist/geometry/opening.js';
import { expect, it } from 'vitest';

it.each(REFINER_REGIONS.map((region) => [region.name, region] as const))('corrects nothing of a crop outside of the face: %s', (_name, region) => {
  // A face of 200 x 200 pixels whose left end, at x = 100, runs through the crop's middle.
  const outline = Object.assign(createOpening(), { x: 200, y: 100, width: 200 });
  outline.upper.fill(-0.5);
  outline.lower.fill(0.5);
  const frame = Object.assign(createCropFrame(region), { x: 100, y: 100, pixel: 0.5 });
  const controls = createControls(region.rows, region.cols);
  controls.masks.fill(1);
  keepToFace(controls, frame, outline);
  for (let j = 0, m = 0; j < region.rows; j++) {
    for (let i = 0; i < region.cols; i++, m += 3) {
      expect(Math.abs(pictureY(frame, i, j) - 100)).toBeLessThan(90);
      const inside = (pictureX(frame, i, j) - 100) / frame.pixel;
      const [alpha, back, choice] = controls.masks.subarray(m, m + 3);
      expect([back, choice]).toEqual([1, 1]);
      expect(alpha).toBeCloseTo(Math.min(1, Math.max(0, 0.5 + inside / 8)), 5);
    }
  }
});

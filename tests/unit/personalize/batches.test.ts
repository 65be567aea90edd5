import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { CHANNEL, CROP_CHANNELS } from '#dist/generator/refiner/layout.js';
import { REFINER_REGIONS } from '#dist/generator/refiner/regions.js';
import { packBatch } from '#dist/personalize/batches.js';

const EYE = REFINER_REGIONS.find(({ network }) => network === 'eye')!;
let backend: TensorBackend;
beforeAll(async () => {
  backend = await chooseBackend('cpu');
});
afterAll(() => backend.close());

/** An eye whose right half lies inside the lids. */
function exercise(opening: number) {
  const { rows, cols } = EYE;
  const crop = new Float32Array(rows * cols * CROP_CHANNELS);
  for (let i = 0; i < rows * cols; i++) {
    crop[i * CROP_CHANNELS + CHANNEL.distance] = i % cols < cols / 2 ? -1 : 1;
    crop[i * CROP_CHANNELS + CHANNEL.opening] = opening;
  }
  return { region: EYE, crop, answer: new Float32Array(rows * cols * 3), driven: false };
}

describe('a batch of exercises', () => {
  it('uses as much of alpha as the product does: less inside the lids and where they meet, nothing at the border', async () => {
    const { tf } = backend;
    backend.activate();
    const packed = packBatch(tf, [exercise(0.3), exercise(0)]);
    const reach = await packed.reach.array();
    tf.dispose(Object.values(packed));
    expect(packed.reach.shape).toEqual([2, EYE.rows / 2, EYE.cols / 2, 4]);
    const at = (k: number, row: number, col: number): number => reach[k]![row >> 1]![col >> 1]![(row & 1) * 2 + (col & 1)]!;
    const [middle, left, right] = [EYE.rows / 2, EYE.cols / 4, (3 * EYE.cols) / 4];
    expect(at(0, middle, left)).toBe(1);
    expect(at(0, middle, right)).toBeCloseTo(EYE.inside!, 5);
    expect(at(1, middle, left)).toBeCloseTo(EYE.shut!, 5);
    expect(at(1, middle, right)).toBeCloseTo(EYE.shut! * EYE.inside!, 5);
    expect([at(0, 0, left), at(1, middle, EYE.cols - 1)]).toEqual([0, 0]);
  });
});

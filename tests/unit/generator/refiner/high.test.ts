import { createFrame } from '#dist/core/frame.js';
import { cropColumn, cropRow, createCropFrame, fitCropFrame } from '#dist/generator/refiner/crop-frame.js';
import { FACE_REGION, regionUnit } from '#dist/generator/refiner/regions.js';
import { createOpening } from '#dist/geometry/opening.js';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backend, directory, draw, driver, HEIGHT, make, OPEN, photo, PLACE, same, sitter, target, useRandomRefiner, WIDTH } from './nobody.js';
import { writeRandomWeights } from './random-weights.js';

useRandomRefiner();

describe('the high generator', () => {
  const quality = 'high';
  type Edit = (name: string, values: Float32Array) => void;
  const asTheyAre: Edit = () => undefined;
  const write = (face = asTheyAre, others = asTheyAre) => writeRandomWeights(directory, (name, values) => (name.startsWith('face.') ? face : others)(name, values), [8, 8, 16], 'high');
  /** What is drawn stays as it is. */
  const neutral = (name: string, values: Float32Array): void => {
    if (name.endsWith('.out.weight') || name.endsWith('.out.bias')) values.fill(0);
    if (name.endsWith('.out.bias')) values.fill(-30, 6);
  };

  it('is the standard one where the face needs nothing', async () => {
    await write(neutral);
    expect(same(await draw(driver, { quality }), await draw(driver))).toBe(true);
  });

  /** Tones that don't depend on the picture but at the borders of the crop. */
  const evenly = (name: string, values: Float32Array): void => {
    neutral(name, values);
    if (name.endsWith('.out.bias')) values.fill(1, 0, 3).fill(30, 6, 10); // Brighter, everywhere
    if (name.endsWith('.soften.weight')) values.forEach((_, i) => (values[i] = i % 7 === 0 ? 1 : 0));
  };

  it('takes back what it would do to a whole face', async () => {
    await write(evenly);
    const [standard, high] = [await draw(driver), await draw(driver, { quality })];
    const most = high.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - standard.data[i]!)), 0);
    expect(most).toBeLessThanOrEqual(2);
  });

  /** Each place its own tones: what the random layers make of the picture. */
  const everywhere: Edit = (name, values) => {
    const own = values.slice();
    evenly(name, values);
    if (name.endsWith('.out.weight')) own.forEach((value, i) => (values[i] = i % 18 < 3 ? 8 * value : 0));
    if (name.endsWith('.out.bias')) values.fill(0, 0, 3);
  };

  it('shades the skin inside the outline, and leaves mouth and eyes to their networks', async () => {
    await write(everywhere, neutral);
    await writeRandomWeights(directory, neutral);
    const [standard, high] = [await draw(driver), await draw(driver, { quality })];
    const pose = target(OPEN);
    const frame = fitCropFrame(FACE_REGION, pose.points, pose.scale, regionUnit(FACE_REGION, sitter.state.canonical), createOpening(), createCropFrame(FACE_REGION));
    const change = (x: number, y: number): number => high.data[(y * WIDTH + x) * 4]! - standard.data[(y * WIDTH + x) * 4]!;
    const at = (point: number): number => change(Math.round(pose.points[point * 3]!), Math.round(pose.points[point * 3 + 1]!));
    const skin = Math.max(...[50, 280, 151, 205, 425, 10, 108, 337].map((point) => Math.abs(at(point))));
    expect(skin).toBeGreaterThan(20);
    expect(at(468)).toBe(0);
    const [upper, lower] = [13 * 3, 14 * 3].map((o) => pose.points.subarray(o, o + 2)) as [Float32Array, Float32Array];
    expect(change(Math.round((upper[0]! + lower[0]!) / 2), Math.round((upper[1]! + lower[1]!) / 2))).toBe(0);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
        if (column < 0 || row < 0 || column > frame.cols - 1 || row > frame.rows - 1) expect(change(x, y)).toBe(0);
      }
    }
  });

  it('draws mouth and eyes by its own networks', async () => {
    await write(neutral, neutral);
    const own = await draw(driver, { quality });
    expect(same(own, await draw(driver))).toBe(false);
    await writeRandomWeights(directory, neutral);
    expect(same(own, await draw(driver))).toBe(true);
  });

  it('draws mouth and eyes of a sitter with an adapter by the networks of standard, which it belongs to', async () => {
    await write(neutral, neutral);
    const { files } = JSON.parse(await readFile(join(directory, 'standard/manifest.json'), 'utf8')) as { files: { sha256: string }[] };
    const adapter = { base: { name: 'noise', version: '0.0.1', sha256: files[0]!.sha256 }, vectors: { mouth: new Float32Array(24).fill(0.1), eye: new Float32Array(24).fill(-0.1) }, changes: [] } as const;
    expect(same(await draw(driver, { quality, adapter }), await draw(driver, { adapter }))).toBe(true);
    const generator = await make({ quality, adapter });
    expect(generator.refiner?.version).toBe('0.0.1, mouth and eyes of standard 0.0.1');
    await generator.close();
    await rm(join(directory, 'standard'), { recursive: true });
    await expect(make({ quality, adapter })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining("'standard'") as string });
  });

  it("corrects mouth and eyes as if there were no network of the face, and doesn't correct them twice", async () => {
    await write(everywhere);
    const [high, standard] = [await draw(driver, { quality }), await draw(driver)];
    expect(same(high, standard)).toBe(false);
    const { points } = target(OPEN);
    for (const point of [13, 14, 61, 468, 473, 159, 386]) {
      const o = (Math.round(points[point * 3 + 1]!) * WIDTH + Math.round(points[point * 3]!)) * 4;
      expect([...high.data.subarray(o, o + 3)], `landmark ${point}`).toEqual([...standard.data.subarray(o, o + 3)]);
    }
  });

  it('draws several frames at once as it draws them one by one', async () => {
    await write();
    const poses = [0, 0.1, 0.2, 0.3].map((gap) => target({ ...OPEN, gap }));
    const [one, many] = await Promise.all(
      [false, true].map(async (together) => {
        const generator = await make({ quality });
        generator.setDriverReference?.(photo(PLACE, 99));
        const frames = poses.map(() => createFrame(WIDTH, HEIGHT));
        for (let i = 0; i < poses.length; i += 2) {
          const render = (k: number) => generator.render(poses[k]!, driver, frames[k]!);
          if (together) await Promise.all([render(i), render(i + 1)]);
          else for (const k of [i, i + 1]) await render(k);
        }
        await generator.close();
        return frames;
      }),
    );
    one!.forEach((frame, k) => expect(same(frame, many![k]!)).toBe(true));
  });

  it('says which weights drew the clip, and keeps no tensor when it is closed', async () => {
    await write();
    const before = backend.tf.memory().numTensors;
    const generator = await make({ quality });
    const { files } = JSON.parse(await readFile(join(directory, 'high/manifest.json'), 'utf8')) as { files: { sha256: string }[] };
    expect(generator).toMatchObject({ quality, refiner: { name: 'noise', version: '0.0.1', sha256: files[0]!.sha256 } });
    await generator.close();
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it('is MODEL_MISSING without its own weights, and needs no others', async () => {
    await rm(join(directory, 'high'), { recursive: true, force: true });
    const before = backend.tf.memory().numTensors;
    await expect(make({ quality })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining("'high'") as string });
    expect(backend.tf.memory().numTensors).toBe(before);
    await write();
    await rm(join(directory, 'standard'), { recursive: true });
    await (await make({ quality })).close();
  });
});

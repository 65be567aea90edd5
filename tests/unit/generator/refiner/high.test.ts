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
  const writeFace = (edit?: (name: string, values: Float32Array) => void) => writeRandomWeights(directory, edit, [8, 8, 16], 'high');
  /** The face as it is. */
  const neutral = (name: string, values: Float32Array): void => {
    if (name.endsWith('.out.weight') || name.endsWith('.out.bias')) values.fill(0);
    if (name.endsWith('.out.bias')) values.fill(-30, 6);
  };

  it('is the standard one where the face needs nothing', async () => {
    await writeFace(neutral);
    expect(same(await draw(driver, { quality }), await draw(driver))).toBe(true);
  });

  /** Tones that don't depend on the picture but at the borders of the crop. */
  const evenly = (name: string, values: Float32Array): void => {
    neutral(name, values);
    if (name.endsWith('.out.bias')) values.fill(1, 0, 3).fill(30, 6, 10); // Brighter, everywhere
    if (name.endsWith('.soften.weight')) values.forEach((_, i) => (values[i] = i % 7 === 0 ? 1 : 0));
  };

  it('takes back what it would do to a whole face', async () => {
    await writeFace(evenly);
    const [standard, high] = [await draw(driver), await draw(driver, { quality })];
    const most = high.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - standard.data[i]!)), 0);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('shades the skin inside the outline, and leaves mouth and eyes to the networks of standard', async () => {
    await writeFace((name, values) => {
      const own = values.slice();
      evenly(name, values);
      // Each place its own tones: what the random layers make of the picture.
      if (name.endsWith('.out.weight')) own.forEach((value, i) => (values[i] = i % 18 < 3 ? 8 * value : 0));
      if (name.endsWith('.out.bias')) values.fill(0, 0, 3);
    });
    await writeRandomWeights(directory, neutral);
    const [standard, high] = [await draw(driver), await draw(driver, { quality })];
    const pose = target(OPEN);
    const frame = fitCropFrame(FACE_REGION, pose.points, pose.scale, regionUnit(FACE_REGION, sitter.state.canonical), createOpening(), createCropFrame(FACE_REGION));
    const change = (x: number, y: number): number => high.data[(y * WIDTH + x) * 4]! - standard.data[(y * WIDTH + x) * 4]!;
    const at = (point: number): number => change(Math.round(pose.points[point * 3]!), Math.round(pose.points[point * 3 + 1]!));
    const skin = Math.max(...[50, 280, 151, 205, 425, 10, 108, 337].map((point) => Math.abs(at(point))));
    expect(skin).toBeGreaterThan(20);
    // A crop pixel of this small face is nearly as large as the eye is high.
    expect(Math.abs(at(468))).toBeLessThan(0.5 * skin);
    const [upper, lower] = [13 * 3, 14 * 3].map((o) => pose.points.subarray(o, o + 2)) as [Float32Array, Float32Array];
    expect(change(Math.round((upper[0]! + lower[0]!) / 2), Math.round((upper[1]! + lower[1]!) / 2))).toBe(0);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
        if (column < 0 || row < 0 || column > frame.cols - 1 || row > frame.rows - 1) expect(change(x, y)).toBe(0);
      }
    }
  });

  it("shows mouth and eyes' networks what the face's has made of the draft", async () => {
    await writeFace();
    const [high, standard] = [await draw(driver, { quality }), await draw(driver)];
    expect(same(high, standard)).toBe(false);
    expect(same(await draw(driver, { quality }), high)).toBe(true);
  });

  it('draws several frames at once as it draws them one by one', async () => {
    await writeFace();
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
    await writeFace();
    const before = backend.tf.memory().numTensors;
    const generator = await make({ quality });
    const { files } = JSON.parse(await readFile(join(directory, 'high/manifest.json'), 'utf8')) as { files: { sha256: string }[] };
    expect(generator).toMatchObject({ quality, refiner: { name: 'noise', version: '0.0.1 on standard 0.0.1', sha256: files[0]!.sha256 } });
    await generator.close();
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it('is MODEL_MISSING without its own weights, and without those of standard', async () => {
    await rm(join(directory, 'high'), { recursive: true, force: true });
    const before = backend.tf.memory().numTensors;
    await expect(make({ quality })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining("'high'") as string });
    await writeFace();
    await rm(join(directory, 'standard'), { recursive: true });
    await expect(make({ quality })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining("'standard'") as string });
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

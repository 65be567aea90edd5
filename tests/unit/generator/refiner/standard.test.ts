import { createFrame } from '#dist/core/frame.js';
import { createDraftGenerator } from '#dist/generator/draft.js';
import { cropColumn, cropRow, createCropFrame, fitCropFrame } from '#dist/generator/refiner/crop-frame.js';
import { REFINER_REGIONS, regionUnit } from '#dist/generator/refiner/regions.js';
import type { SitterAdapter } from '#dist/generator/sitter/adapter.js';
import { createOpening } from '#dist/geometry/opening.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backend, directory, draw, drawDraft, driver, HEIGHT, make, OPEN, photo, PLACE, same, sitter, target, useRandomRefiner, WIDTH } from './nobody.js';
import { writeRandomWeights } from './random-weights.js';

useRandomRefiner();

describe('the standard generator', () => {
  it('differs from the draft inside the crops of mouth and eyes, and there only', async () => {
    const [draft, refined] = [await drawDraft(driver), await draw(driver)];
    const pose = target(OPEN);
    const frames = REFINER_REGIONS.map((region) => fitCropFrame(region, pose.points, pose.scale, regionUnit(region, sitter.state.canonical), createOpening(), createCropFrame(region)));
    const changed = frames.map(() => 0);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const o = (y * WIDTH + x) * 4;
        if (!draft.data.subarray(o, o + 4).some((value, k) => value !== refined.data[o + k])) continue;
        const inside = frames.map((frame) => {
          const [column, row] = [cropColumn(frame, x, y), cropRow(frame, x, y)];
          return column > 0 && row > 0 && column < frame.cols - 1 && row < frame.rows - 1;
        });
        expect(inside).toContain(true);
        inside.forEach((is, k) => (changed[k]! += Number(is)));
      }
    }
    for (const count of changed) expect(count).toBeGreaterThan(200);
  });

  it('is the draft where the networks see nothing to do', async () => {
    await writeRandomWeights(directory, (name, values) => {
      if (name.endsWith('.out.weight')) values.fill(0);
      if (name.endsWith('.out.bias')) values.fill(-30, 6, 10);
    });
    expect(same(await draw(driver), await drawDraft(driver))).toBe(true);
  });

  it("makes two thirds of a mouth's correction, nine tenths where a driver's pixels show, six tenths of an eyeball's, and all of an open lid's", async () => {
    // Everywhere 0.1 brighter than the draft.
    await writeRandomWeights(directory, (name, values) => {
      if (name.endsWith('.out.weight')) values.fill(0);
      if (name.endsWith('.out.bias')) values.fill(0).fill(Math.atanh(0.1), 0, 3).fill(30, 6, 10).fill(-30, 10);
      if (name.endsWith('.soften.weight')) for (let k = values.fill(0).length / 36, i = 0; i < 6; i++) values[Math.floor(k / 2) * 36 + i * 7] = 1; // no blur
    });
    const added = async (view: typeof driver | undefined, landmark: number, look = OPEN): Promise<number> => {
      const pose = target(look);
      const { points } = pose;
      const [draft, refined] = [await drawDraft(view, pose), await draw(view, {}, pose)];
      const o = (Math.round(points[landmark * 3 + 1]!) * WIDTH + Math.round(points[landmark * 3]!)) * 4;
      return refined.data[o]! - draft.data[o]!;
    };
    const [mouth, iris, lid] = [14, 468, 223];
    expect(await added(undefined, mouth)).toBeCloseTo(16.6, -0.5);
    expect(await added(driver, mouth)).toBeCloseTo(22.95, -0.5);
    expect(await added(driver, iris)).toBeCloseTo(15.3, -0.5);
    expect(await added(undefined, iris)).toBeCloseTo(15.3, -0.5);
    expect(await added(driver, lid)).toBeCloseTo(25.5, -0.5);
    expect(await added(driver, lid, { ...OPEN, open: 0.02 })).toBeCloseTo(14.5, -0.5); // lids that nearly meet: 0.5 and a little
  });

  it("sees none of the driver's pixels when it may not", async () => {
    const without = await draw(undefined);
    expect(same(await draw(driver, { driverPixels: false }), without)).toBe(true);
    expect(same(await draw(driver), without)).toBe(false);
  });

  it("doesn't ask the driver in the refiner while the performance is bridged", async () => {
    // Black hides what the draft itself borrows.
    const black = { ...driver, frame: createFrame(WIDTH, HEIGHT) };
    const pose = target(OPEN, 0.5);
    const generator = await make({ driverPixels: true });
    const [a, b] = [createFrame(WIDTH, HEIGHT), createFrame(WIDTH, HEIGHT)];
    await generator.render(pose, black, a);
    await generator.render(pose, undefined, b);
    await generator.close();
    expect(same(a, b)).toBe(true);
  });

  it('knows the sitter from all photos', async () => {
    const second = photo({ ...PLACE, smile: 0.1 }, 5);
    second.frame.data.forEach((value, i) => (second.frame.data[i] = i % 4 === 3 ? 255 : 255 - value));
    // At rest the first photo alone is drawn: only the vectors differ.
    const drafts = [[sitter], [sitter, second]].map(async (sources) => {
      const out = createFrame(WIDTH, HEIGHT);
      await createDraftGenerator(sources as [typeof sitter], { driverPixels: false }).render(target(PLACE), undefined, out);
      return out;
    });
    expect(same(await drafts[0]!, await drafts[1]!)).toBe(true);
    const one = await draw(undefined, { driverPixels: false }, target(PLACE));
    const two = await draw(undefined, { driverPixels: false, sources: [sitter, second] }, target(PLACE));
    expect(same(one, two)).toBe(false);
  });

  it("uses what was learnt of the sitter, with the driver's pixels and without", async () => {
    const { name, version, files } = JSON.parse(await readFile(join(directory, 'standard/manifest.json'), 'utf8')) as { name: string; version: string; files: { sha256: string }[] };
    const learnt = (mouth: number, bias: number): SitterAdapter => ({
      base: { name, version, sha256: files[0]!.sha256 },
      vectors: { mouth: new Float32Array(24).fill(mouth), eye: new Float32Array(24).fill(-0.1) },
      changes: [{ name: 'eye.out.bias', shape: [18], values: new Float32Array(18).fill(bias) }],
    });
    for (const driverPixels of [true, false]) {
      const [plain, ...others] = await Promise.all([learnt(0.1, 0), learnt(-0.1, 0), learnt(0.1, 0.4)].map((adapter) => draw(driver, { driverPixels, adapter })));
      expect(others.map((other) => same(plain!, other))).toEqual([false, false]);
    }
  });

  it('keeps no tensor from frame to frame, nor after it is closed', async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const generator = await make();
    const during = tf.memory().numTensors;
    const out = createFrame(WIDTH, HEIGHT);
    for (let i = 0; i < 4; i++) {
      await generator.render(target({ ...OPEN, gap: 0.05 * i }), i === 2 ? undefined : driver, out);
      expect(tf.memory().numTensors).toBe(during);
    }
    await generator.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says which weights drew the clip', async () => {
    const generator = await make();
    const { files } = JSON.parse(await readFile(join(directory, 'standard/manifest.json'), 'utf8')) as { files: { sha256: string }[] };
    expect(generator).toMatchObject({ quality: 'standard', refiner: { name: 'noise', version: '0.0.1', sha256: files[0]!.sha256 } });
    await generator.close();
  });
});

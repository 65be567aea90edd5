import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { createFrame } from '#dist/core/frame.js';
import { createDraftGenerator } from '#dist/generator/draft.js';
import { createStandardGenerator } from '#dist/generator/standard.js';
import { cropColumn, cropRow, createCropFrame, fitCropFrame } from '#dist/generator/refiner/crop-frame.js';
import { FACE_REGION, REFINER_REGIONS, regionUnit } from '#dist/generator/refiner/regions.js';
import type { SitterAdapter } from '#dist/generator/sitter/adapter.js';
import { createOpening } from '#dist/geometry/opening.js';
import { faceState } from '#dist/motion/face-state.js';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { facePoints, type Sitter } from '../../motion/synthetic-face.js';
import { writeRandomWeights } from './random-weights.js';

const WIDTH = 220;
const HEIGHT = 240;
const PLACE: Sitter = { scale: 44, centre: [110, 115] };
const OPEN: Sitter = { ...PLACE, gap: 0.25, gaze: 0.4, yaw: 6, roll: 4 };

/** A photo of nobody: waves and noise under the landmarks of a face. */
function photo(sitter: Sitter, seed = 1) {
  const frame = createFrame(WIDTH, HEIGHT);
  for (let i = 0; i < frame.data.length; i += 4) {
    const [x, y] = [(i >> 2) % WIDTH, Math.floor(i / 4 / WIDTH)];
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    for (let k = 0; k < 3; k++) frame.data[i + k] = 120 + 60 * Math.sin(x / (5 + k)) * Math.cos(y / 7) + (seed >>> 28);
  }
  const points = facePoints(sitter);
  return { frame, points, state: faceState({ points, rotation: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) }) };
}

function target(sitter: Sitter, confidence = 1) {
  const { points, state } = photo(sitter);
  return { ...state, points, confidence };
}

const sitter = photo(PLACE);
const driver = photo(OPEN, 99);

let backend: TensorBackend;
let directory: string;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
  directory = await mkdtemp(join(tmpdir(), 'vivant-refiner-'));
});
beforeEach(() => writeRandomWeights(directory));
afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true, force: true });
});

const make = ({ driverPixels = true, sources = [sitter], quality = 'standard', adapter }: { driverPixels?: boolean; sources?: Parameters<typeof createStandardGenerator>[0]; quality?: 'standard' | 'high'; adapter?: SitterAdapter } = {}) =>
  createStandardGenerator(sources, { driverPixels, backend, weightsDirectory: directory, quality, ...(adapter ? { adapter } : {}) });

async function draw(view: typeof driver | undefined, options: Parameters<typeof make>[0] = {}, pose = target(OPEN)) {
  const generator = await make(options);
  generator.setDriverReference?.(photo(PLACE, 99));
  const out = createFrame(WIDTH, HEIGHT);
  await generator.render(pose, view, out);
  await generator.close();
  return out;
}

async function drawDraft(view: typeof driver | undefined) {
  const generator = createDraftGenerator([sitter], { driverPixels: true });
  generator.setDriverReference?.(photo(PLACE, 99));
  const out = createFrame(WIDTH, HEIGHT);
  await generator.render(target(OPEN), view, out);
  return out;
}

const same = (a: { data: Uint8ClampedArray }, b: { data: Uint8ClampedArray }): boolean => Buffer.from(a.data).equals(Buffer.from(b.data));

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

  it("makes half of a mouth's correction where the driver's pixels show, six tenths of an eyeball's, and all of a lid's", async () => {
    // Everywhere 0.1 brighter than the draft.
    await writeRandomWeights(directory, (name, values) => {
      if (name.endsWith('.out.weight')) values.fill(0);
      if (name.endsWith('.out.bias')) values.fill(0).fill(Math.atanh(0.1), 0, 3).fill(30, 6, 10).fill(-30, 10);
      if (name.endsWith('.soften.weight')) for (let k = values.fill(0).length / 36, i = 0; i < 6; i++) values[Math.floor(k / 2) * 36 + i * 7] = 1; // no blur
    });
    const { points } = target(OPEN);
    const added = async (view: typeof driver | undefined, landmark: number): Promise<number> => {
      const [draft, refined] = [await drawDraft(view), await draw(view)];
      const o = (Math.round(points[landmark * 3 + 1]!) * WIDTH + Math.round(points[landmark * 3]!)) * 4;
      return refined.data[o]! - draft.data[o]!;
    };
    const [mouth, iris, lid] = [14, 468, 223];
    expect(await added(undefined, mouth)).toBeCloseTo(25.5, -0.5);
    expect(await added(driver, mouth)).toBeCloseTo(12.75, -0.5);
    expect(await added(driver, iris)).toBeCloseTo(15.3, -0.5);
    expect(await added(undefined, iris)).toBeCloseTo(15.3, -0.5);
    expect(await added(driver, lid)).toBeCloseTo(25.5, -0.5);
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

describe('weights that are not those of the refiner', () => {
  const refused = async (): Promise<void> => {
    const before = backend.tf.memory().numTensors;
    await expect(make()).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    expect(backend.tf.memory().numTensors).toBe(before);
  };

  it('are refused with one bit flipped', async () => {
    const path = join(directory, 'standard/weights.bin');
    const bytes = await readFile(path);
    bytes[1000]! ^= 4;
    await writeFile(path, bytes);
    await refused();
  });

  it.each([
    ['a tensor missing', (text: string) => text.replace('"eye.styles.up1.bias"', '"eye.styles.up9.bias"')],
    ['other input channels', (text: string) => text.replace('[3,3,68,8]', '[3,3,34,16]')],
    ['layers that do not fit each other', (text: string) => text.replace('"mouth.same2.weight","shape":[3,3,8,8]', '"mouth.same2.weight","shape":[3,3,4,16]')],
  ])('are refused with %s', async (_, edit) => {
    const path = join(directory, 'standard/manifest.json');
    const text = await readFile(path, 'utf8');
    expect(edit(text)).not.toBe(text);
    await writeFile(path, edit(text));
    await refused();
  });

  it('are MODEL_MISSING when there are none, and a backend is asked for', async () => {
    await expect(createStandardGenerator([sitter], { driverPixels: true, backend, weightsDirectory: join(directory, 'nowhere') })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await expect(createStandardGenerator([sitter], { driverPixels: true, weightsDirectory: directory })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});

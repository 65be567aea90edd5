import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { halfToFloat } from '#dist/generator/tensor/decode.js';
import { parseManifest } from '#dist/generator/tensor/manifest.js';
import { listWeights, loadWeights, verifyWeights } from '#dist/generator/tensor/weights.js';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** 1, 0.5, -2 and 65504 (the largest) as binary16. */
const HALVES = Uint16Array.of(0x3c00, 0x3800, 0xc000, 0x7bff);
const FIRST = new Uint8Array([...new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer), ...new Uint8Array(HALVES.buffer)]);
const SECOND = new Uint8Array(Float32Array.of(0.25, -0.125, 7, 8, 9, 10, 11, 12).buffer); // as long as FIRST

const MANIFEST = {
  name: 'test-refiner',
  tier: 'standard',
  version: '0.0.1',
  licence: 'Apache-2.0',
  trainingData: 'none: numbers written by a test',
  metrics: { psnr_dB: 30.5 },
  files: [
    { name: 'a.bin', sha256: sha256(FIRST), bytes: FIRST.length },
    { name: 'b.bin', sha256: sha256(SECOND), bytes: SECOND.length },
  ],
  tensors: [
    { name: 'conv/kernel', shape: [2, 3], dtype: 'float32', file: 'a.bin', offset: 0 },
    { name: 'conv/bias', shape: [4], dtype: 'float16', file: 'a.bin', offset: 24 },
    { name: 'gain', shape: [], dtype: 'float32', file: 'b.bin', offset: 4 },
  ],
};

let directory: string;
let backend: TensorBackend;

beforeAll(async () => {
  backend = await chooseBackend('wasm');
});
afterAll(() => backend.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vivant-weights-'));
  await mkdir(join(directory, 'standard'));
  await writeFile(join(directory, 'standard/a.bin'), FIRST);
  await writeFile(join(directory, 'standard/b.bin'), SECOND);
  await writeManifest(MANIFEST);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = (name: string): string => join(directory, 'standard', name);
const writeManifest = (manifest: unknown): Promise<void> => writeFile(path('manifest.json'), JSON.stringify(manifest));
const load = () => loadWeights('standard', backend, { directory });

describe('loadWeights', () => {
  it('puts float32 and float16 tensors on the backend and takes them off again', async () => {
    const before = backend.tf.memory().numTensors;
    const weights = await load();
    expect(weights.get('conv/kernel').shape).toEqual([2, 3]);
    expect([...(await weights.get('conv/kernel').data())]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await weights.get('conv/bias').data())]).toEqual([1, 0.5, -2, 65504]);
    expect([...(await weights.get('gain').data())]).toEqual([-0.125]);
    expect(() => weights.get('conv/other')).toThrowError(expect.objectContaining({ code: 'MODEL_CORRUPT' }) as Error);
    weights.dispose();
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['a flipped bit', async () => writeFile(path('a.bin'), FIRST.map((byte, i) => (i === 5 ? byte ^ 1 : byte)))],
    ['a truncated file', async () => truncate(path('b.bin'), 12)],
    ['a missing file', async () => rm(path('a.bin'))],
    [
      'two files of one length, swapped',
      async () => {
        await rename(path('a.bin'), path('c.bin'));
        await rename(path('b.bin'), path('a.bin'));
        await rename(path('c.bin'), path('b.bin'));
      },
    ],
    ['a manifest cut short', async () => writeFile(path('manifest.json'), (await readFile(path('manifest.json'))).subarray(0, 200))],
    ["another tier's manifest", async () => writeManifest({ ...MANIFEST, tier: 'high' })],
  ])('refuses %s', async (_, damage) => {
    const before = backend.tf.memory().numTensors;
    await damage();
    await expect(load()).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    expect(backend.tf.memory().numTensors).toBe(before);
    expect((await verifyWeights({ directory }))[0]).toMatchObject({ tier: 'standard', status: 'corrupt' });
  });

  it('says MODEL_MISSING, with advice, for a tier without weights', async () => {
    await expect(loadWeights('high', backend, { directory })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('--quality draft') as string });
  });

  it.each(['standard', 'high'] as const)('finds those of %s in the package, whole', async (tier) => {
    const weights = await loadWeights(tier, backend);
    expect(weights.manifest).toMatchObject({ tier, trainingData: expect.stringContaining('No photograph of a person') as string });
    weights.dispose();
    expect((await verifyWeights()).find((entry) => entry.tier === tier)).toMatchObject({ status: 'verified' });
  });
});

describe('listing and verifying', () => {
  it('tells present, verified and missing apart', async () => {
    expect((await listWeights({ directory })).map(({ status }) => status)).toEqual(['present', 'missing']);
    const [standard] = await verifyWeights({ directory });
    expect(standard).toMatchObject({ status: 'verified', manifest: { name: 'test-refiner', metrics: { psnr_dB: 30.5 } } });
  });
});

describe('the manifest', () => {
  const parse = (manifest: unknown): unknown => parseManifest(JSON.stringify(manifest), 'standard', 'test');
  const tensor = (changes: object): object => ({ ...MANIFEST, tensors: [{ ...MANIFEST.tensors[0], ...changes }] });

  it.each([
    ['a tensor past the end', tensor({ offset: 12 })],
    ['an unaligned tensor', tensor({ shape: [1], offset: 2 })],
    ['a tensor in an unlisted file', tensor({ file: 'c.bin' })],
    ['a shape whose product overflows', tensor({ shape: [65536, 65536, 65536, 65536, 65536, 65536] })],
    ['a negative size', tensor({ shape: [-2, 3] })],
    ['an unknown type', tensor({ dtype: 'int8' })],
    ['overlapping tensors', { ...MANIFEST, tensors: [MANIFEST.tensors[0], { ...MANIFEST.tensors[1], offset: 20 }] }],
    ['two tensors of one name', { ...MANIFEST, tensors: [MANIFEST.tensors[0], { ...MANIFEST.tensors[1], name: 'conv/kernel' }] }],
    ['a file outside its folder', { ...MANIFEST, files: [{ ...MANIFEST.files[0], name: '../a.bin' }] }],
    ['an unknown field', { ...MANIFEST, url: 'somewhere' }],
    ['no licence', { ...MANIFEST, licence: undefined }],
  ])('is refused with %s', (_, manifest) => {
    expect(() => parse(manifest)).toThrowError(expect.objectContaining({ code: 'MODEL_CORRUPT' }) as Error);
  });

  it('never makes anything but a manifest or MODEL_CORRUPT from untrusted text', () => {
    const onlyTypedErrors = (text: string): void => {
      try {
        const { files, tensors } = parseManifest(text, 'standard', 'test');
        for (const { file } of tensors) expect(files.some(({ name }) => name === file)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'MODEL_CORRUPT' });
      }
    };
    fc.assert(fc.property(fc.string(), onlyTypedErrors));
    fc.assert(fc.property(fc.json(), onlyTypedErrors));
    const whole = JSON.stringify(MANIFEST);
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 3 }), (at, put) => onlyTypedErrors(whole.slice(0, at) + put + whole.slice(at + 1))), { numRuns: 500 });
    const entry = fc.record({ name: fc.string(), shape: fc.array(fc.integer()), dtype: fc.constantFrom('float32', 'float16'), file: fc.constantFrom('a.bin', 'b.bin'), offset: fc.integer() });
    fc.assert(fc.property(fc.array(entry), (tensors) => onlyTypedErrors(JSON.stringify({ ...MANIFEST, tensors }))), { numRuns: 500 });
  });

  it('never lets altered bytes through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(FIRST.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        await writeFile(path('a.bin'), FIRST.map((byte, i) => (i === at ? byte ^ mask : byte)));
        await expect(load()).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
      }),
      { numRuns: 30 },
    );
  });
});

describe('halfToFloat', () => {
  it('agrees with the definition at the corners', () => {
    const cases: [number, number][] = [[0x0000, 0], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x0400, 2 ** -14], [0x3555, 0.333251953125], [0xfbff, -65504], [0x7c00, Infinity], [0xfc00, -Infinity]];
    for (const [half, value] of cases) expect(halfToFloat(half)).toBe(value);
    expect(halfToFloat(0x7e00)).toBeNaN();
    expect(Object.is(halfToFloat(0x8000), -0)).toBe(true);
  });
});

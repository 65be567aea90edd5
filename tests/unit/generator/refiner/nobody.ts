// A photo and a driver of nobody, and generators with random weights that draw them.
import { chooseBackend } from '#dist/backends/choose.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { createFrame } from '#dist/core/frame.js';
import { createDraftGenerator } from '#dist/generator/draft.js';
import { createStandardGenerator } from '#dist/generator/standard.js';
import type { SitterAdapter } from '#dist/generator/sitter/adapter.js';
import { faceState } from '#dist/motion/face-state.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { facePoints, type Sitter } from '../../motion/synthetic-face.js';
import { writeRandomWeights } from './random-weights.js';

export const WIDTH = 220;
export const HEIGHT = 240;
export const PLACE: Sitter = { scale: 44, centre: [110, 115] };
export const OPEN: Sitter = { ...PLACE, gap: 0.25, gaze: 0.4, yaw: 6, roll: 4 };

/** A photo of nobody: waves and noise under the landmarks of a face. */
export function photo(sitter: Sitter, seed = 1) {
  const frame = createFrame(WIDTH, HEIGHT);
  for (let i = 0; i < frame.data.length; i += 4) {
    const [x, y] = [(i >> 2) % WIDTH, Math.floor(i / 4 / WIDTH)];
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    for (let k = 0; k < 3; k++) frame.data[i + k] = 120 + 60 * Math.sin(x / (5 + k)) * Math.cos(y / 7) + (seed >>> 28);
  }
  const points = facePoints(sitter);
  return { frame, points, state: faceState({ points, rotation: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) }) };
}

export function target(sitter: Sitter, confidence = 1) {
  const { points, state } = photo(sitter);
  return { ...state, points, confidence };
}

export const sitter = photo(PLACE);
export const driver = photo(OPEN, 99);

export let backend: TensorBackend;
/** Holds random weights of `standard`, new ones before each test. */
export let directory: string;

/** Opens {@link backend} and {@link directory} for the tests of a file, and clears up after them. */
export function useRandomRefiner(): void {
  beforeAll(async () => {
    backend = await chooseBackend('wasm');
    directory = await mkdtemp(join(tmpdir(), 'vivant-refiner-'));
  });
  beforeEach(() => writeRandomWeights(directory));
  afterAll(async () => {
    await backend.close();
    await rm(directory, { recursive: true, force: true });
  });
}

export const make = ({ driverPixels = true, sources = [sitter], quality = 'standard', adapter }: { driverPixels?: boolean; sources?: Parameters<typeof createStandardGenerator>[0]; quality?: 'standard' | 'high'; adapter?: SitterAdapter } = {}) =>
  createStandardGenerator(sources, { driverPixels, backend, weightsDirectory: directory, quality, ...(adapter ? { adapter } : {}) });

export async function draw(view: typeof driver | undefined, options: Parameters<typeof make>[0] = {}, pose = target(OPEN)) {
  const generator = await make(options);
  generator.setDriverReference?.(photo(PLACE, 99));
  const out = createFrame(WIDTH, HEIGHT);
  await generator.render(pose, view, out);
  await generator.close();
  return out;
}

export async function drawDraft(view: typeof driver | undefined, pose = target(OPEN)) {
  const generator = createDraftGenerator([sitter], { driverPixels: true });
  generator.setDriverReference?.(photo(PLACE, 99));
  const out = createFrame(WIDTH, HEIGHT);
  await generator.render(pose, view, out);
  return out;
}

export const same = (a: { data: Uint8ClampedArray }, b: { data: Uint8ClampedArray }): boolean => Buffer.from(a.data).equals(Buffer.from(b.data));

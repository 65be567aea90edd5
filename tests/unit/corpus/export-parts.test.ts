import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { ALIGNED_TEMPLATE, alignFive, movePoints, warpSimilarity } from '#dist/corpus/export/align.js';
import { evenFrames } from '#dist/corpus/export/aligned-faces.js';
import { ALIGNED_FIVE, LANDMARKS_81, pick81 } from '#dist/corpus/export/landmarks81.js';
import { decodeNpy, encodeNpy } from '#dist/corpus/export/npy.js';
import { squareOf, SquareView } from '#dist/corpus/make/square-view.js';
import { CorpusMeter, type CorpusProgress } from '#dist/corpus/make/corpus-progress.js';
import type { ItemJob } from '#dist/corpus/job.js';

describe('.npy', () => {
  it('comes back as it was written, whatever its shape', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), (shape) => {
        const count = shape.reduce((product, side) => product * side, 1);
        const data = Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 1e3);
        const bytes = encodeNpy({ shape, data });
        expect((bytes.length - count * 4) % 64).toBe(0);
        expect(decodeNpy(bytes)).toEqual({ shape, data });
      }),
    );
  });

  // `np.save` of np.arange(6, dtype='<i8').reshape(3, 2) by NumPy 2.4.
  it('of NumPy is read', () => {
    const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }".padEnd(117) + '\n';
    const body = Buffer.alloc(48);
    for (let i = 0; i < 6; i++) body.writeBigInt64LE(BigInt(i), i * 8);
    const bytes = Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(header), body]);
    expect(decodeNpy(bytes)).toEqual({ shape: [3, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
  });

  it('that is damaged is refused with the reason', () => {
    const good = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    expect(() => decodeNpy(good.subarray(0, good.length - 1))).toThrow(/needs 8 bytes but 7/);
    expect(() => decodeNpy(Buffer.from('PNG..............'))).toThrow(/magic/);
    expect(() => decodeNpy(Buffer.from(good.toString('latin1').replace('False', 'True '), 'latin1'))).toThrow(/Fortran/);
    expect(() => decodeNpy(Buffer.from(good.toString('latin1').replace('<f4', '<c8'), 'latin1'))).toThrow(/<c8/);
    expect(() => encodeNpy({ shape: [3], data: new Float32Array(2) })).toThrow(RangeError);
  });

  it('is read by NumPy', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'vivant-npy-'));
    try {
      writeFileSync(join(folder, 'a.npy'), encodeNpy({ shape: [81, 2], data: Float32Array.from({ length: 162 }, (_, i) => i / 4) }));
      const script = 'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, a[80, 1])';
      try {
        execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
      } catch {
        return context.skip(); // NumPy is not needed for anything else.
      }
      const said = execFileSync('python3', ['-c', script, join(folder, 'a.npy')], { encoding: 'utf8' });
      expect(said.trim()).toBe('(81, 2) float32 40.25');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('alignment', () => {
  it('has the template of DeepfakeBench: grid of 112, 8 to the right, room of 1.3, 256 pixels', () => {
    const flat = ALIGNED_TEMPLATE.map(([x, y]) => [Number(x.toFixed(3)), Number(y.toFixed(3))]);
    // By hand: ((30.2946 + 8) / 112 * 256 + 256 * 0.15) / 1.3 = 96.87, and so on.
    expect(flat).toEqual([[96.87, 120.433], [158.825, 120.09], [128.044, 155.669], [102.592, 191.939], [153.899, 191.656]]);
  });

  it('finds the similarity that was applied', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: 0.2, max: 5, noNaN: true }), fc.double({ min: -300, max: 300, noNaN: true }), (angle, scale, shift) => {
        const made = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx: shift, ty: -shift / 3 };
        const template = Float32Array.from(ALIGNED_TEMPLATE.flat());
        const back = movePoints(movePoints(template, made), alignFive(movePoints(template, made)));
        for (const [i, value] of back.entries()) expect(value).toBeCloseTo(template[i]!, 1);
      }),
    );
  });

  it('draws pixels where it moves points, and black outside', () => {
    const source = createFrame(40, 30);
    source.data.set([255, 128, 0, 255], (10 * 40 + 12) * 4);
    const out = createFrame(256, 256);
    const similarity = { a: 0, b: 4, tx: 200, ty: 20 };
    warpSimilarity(source, similarity, out);
    const [x, y] = movePoints(Float32Array.of(12, 10), similarity);
    expect([...out.data.subarray((y! * 256 + x!) * 4, (y! * 256 + x!) * 4 + 4)]).toEqual([255, 128, 0, 255]);
    expect([...out.data.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
  });

  it('takes 81 different points, five of them as DeepfakeBench does', () => {
    expect(LANDMARKS_81).toHaveLength(81);
    expect(new Set(LANDMARKS_81).size).toBe(81);
    expect(ALIGNED_FIVE.map((i) => LANDMARKS_81[i])).toEqual([160, 387, 4, 39, 405]);
    const points = Float32Array.from({ length: 478 * 3 }, (_, i) => i);
    expect([...pick81(points).subarray(0, 2)]).toEqual([381, 382]);
  });

  it('picks frames as numpy.linspace does', () => {
    // np.linspace(0, n - 1, 32, dtype=int), the first ten and the last
    expect([...evenFrames(75, 32).slice(0, 10), evenFrames(75, 32).at(-1)]).toEqual([0, 2, 4, 7, 9, 11, 14, 16, 19, 21, 74]);
    expect(evenFrames(32, 32)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    fc.assert(fc.property(fc.integer({ min: 32, max: 5000 }), (n) => new Set(evenFrames(n, 32)).size === 32));
  });
});

describe('the square', () => {
  it('stays inside the picture and never leaves the face', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 900 }), fc.integer({ min: 40, max: 900 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (width, height, fx, fy) => {
        const size = Math.min(width, height) / 3;
        const face = { x: fx * (width - size), y: fy * (height - size), width: size, height: size };
        const { x, y, width: side } = squareOf(face, 2.2, { width, height });
        expect(x >= 0 && y >= 0 && x + side <= width && y + side <= height).toBe(true);
        expect(x <= face.x + 1 && x + side >= face.x + face.width - 1).toBe(true);
      }),
    );
  });

  it('cuts and places', () => {
    const frame = createFrame(60, 40);
    for (let y = 10; y < 30; y++) for (let x = 20; x < 40; x++) frame.data.set([200, 100, 50, 255], (y * 60 + x) * 4);
    const view = new SquareView({ x: 20, y: 10, width: 20, height: 20 }, 10);
    expect(new Set(view.draw(frame).data)).toEqual(new Set([200, 100, 50, 255]));
    expect(view.place({ x: 30, y: 15, width: 4, height: 8 })).toEqual({ x: 5, y: 2.5, width: 2, height: 4 });
  });
});

describe('progress', () => {
  it('estimates by the length of clips', () => {
    let now = 0;
    const seen: CorpusProgress[] = [];
    const job = (id: string, seconds: number): ItemJob => ({ id, seconds }) as ItemJob;
    const meter = new CorpusMeter([job('a', 2), job('b', 2), job('c', 6)], 5, (progress) => seen.push(progress), () => now);
    now = 10_000;
    meter.made(job('a', 2));
    now = 20_000;
    meter.failed(job('b', 2));
    expect(seen).toEqual([
      { made: 5, failed: 0, total: 8, secondsLeft: undefined, event: 'started', id: undefined },
      { made: 6, failed: 0, total: 8, secondsLeft: 40, event: 'made', id: 'a' },
      { made: 6, failed: 1, total: 8, secondsLeft: 30, event: 'failed', id: 'b' },
    ]);
  });
});

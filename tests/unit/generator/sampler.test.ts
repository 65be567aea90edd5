import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { createFlowField } from '#dist/geometry/flow-field.js';
import { sampleFlow } from '#dist/generator/sampler.js';
import { createKernelSampler } from '#dist/generator/sampler/kernel.js';
import { createPlainSampler } from '#dist/generator/sampler/plain.js';

function noise(width: number, height: number) {
  const frame = createFrame(width, height);
  let seed = 1;
  for (let i = 0; i < frame.data.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    frame.data[i] = i % 4 === 3 ? 255 : seed >>> 24;
  }
  return frame;
}

describe('sampleFlow', () => {
  it('copies bytes where nothing moves', () => {
    const source = noise(61, 43);
    const out = createFrame(61, 43);
    sampleFlow(source, createFlowField(0, 0, 61, 43, 1), out);
    expect(Buffer.from(out.data).equals(Buffer.from(source.data))).toBe(true);
  });

  it('is bilinear between pixels, at any flow resolution', () => {
    const source = createFrame(64, 64);
    for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) source.data.set([3 * x, 3 * y, 128, 255], (y * 64 + x) * 4);
    for (const step of [1, 2, 3.5]) {
      const out = createFrame(64, 64);
      const field = createFlowField(0, 0, 64, 64, step);
      for (let c = 0; c < field.x.length; c++) {
        field.x[c]! += 2.5;
        field.y[c]! -= 1.25;
      }
      sampleFlow(source, field, out);
      const o = (30 * 64 + 20) * 4;
      expect(Math.abs(out.data[o]! - 3 * 22.5)).toBeLessThanOrEqual(1);
      expect(Math.abs(out.data[o + 1]! - 3 * 28.75)).toBeLessThanOrEqual(1);
      expect(out.data[o + 3]).toBe(255);
    }
  });

  it('takes the edge pixel outside and writes only the rectangle of the field', () => {
    const source = noise(32, 32);
    const out = createFrame(32, 32);
    const field = createFlowField(8, 8, 8, 8, 1);
    field.x.fill(-500);
    field.y.fill(900);
    sampleFlow(source, field, out);
    expect([...out.data.subarray((8 * 32 + 8) * 4, (8 * 32 + 8) * 4 + 3)]).toEqual([...source.data.subarray(31 * 32 * 4, 31 * 32 * 4 + 3)]);
    expect([...out.data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...out.data.subarray((16 * 32 + 16) * 4, (16 * 32 + 16) * 4 + 3)]).toEqual([0, 0, 0]);
  });

  it('applies gains at source positions', () => {
    const source = createFrame(32, 32);
    source.data.fill(100);
    const field = createFlowField(0, 0, 32, 32, 1);
    const gain = Float32Array.from({ length: 64 * 4 }, (_, i) => [0.5, 1, 1.5, 1][i % 4]!);
    const gains = { originX: 0, originY: 0, step: 4, cols: 8, rows: 8, gain };
    const direct = createFrame(32, 32);
    sampleFlow(source, field, direct, gains);
    const o = (10 * 32 + 10) * 4;
    expect([...direct.data.subarray(o, o + 3)]).toEqual([50, 100, 150]);
  });
});

describe('the kernel', () => {
  it.each([
    { name: 'a cell a pixel', width: 61, height: 43, field: [0, 0, 61, 43, 1] },
    { name: 'coarse cells', width: 128, height: 96, field: [10, 7, 90, 80, 3.7] },
    { name: 'cells that end beside the picture', width: 33, height: 32, field: [3, 0, 30, 32, 1.31] },
  ] as const)('draws to the last bit what plain TypeScript does: $name', ({ width, height, field: [x, y, w, h, step] }) => {
    const source = noise(width, height);
    const field = createFlowField(x, y, w, h, step);
    const gain = Float32Array.from({ length: 14 * 11 * 4 }, (_, i) => (i % 4 === 3 ? 1 : 1 + 0.4 * Math.sin(1.7 * i)));
    const gains = { originX: 5.5, originY: 8.25, step: 4.2, cols: 14, rows: 11, gain };
    const kernel = createKernelSampler(source, field)!;
    const plain = createPlainSampler(source, field);
    // At rest, then moved a little, then far over every edge: the same samplers, as in a clip.
    for (const reach of [0, 2, 300]) {
      for (let c = 0; c < field.x.length; c++) {
        field.x[c]! += reach * Math.sin(c * 0.013);
        field.y[c]! += reach * Math.cos(c * 0.017);
      }
      for (const map of [undefined, gains]) {
        const [drawn, expected] = [createFrame(width, height), createFrame(width, height)];
        kernel.draw(drawn, map);
        plain.draw(expected, map);
        expect(Buffer.from(drawn.data).equals(Buffer.from(expected.data))).toBe(true);
      }
    }
  });

  it('refuses more gains than it has room for, before a pixel is drawn', () => {
    const kernel = createKernelSampler(noise(16, 16), createFlowField(0, 0, 16, 16, 1))!;
    const out = createFrame(16, 16);
    const gains = { originX: 0, originY: 0, step: 1, cols: 144, rows: 700, gain: new Float32Array(4 * 144 * 700).fill(1) };
    expect(() => kernel.draw(out, gains)).toThrow(/at most 98304 cells of gains but there are 144 x 700/);
    expect(out).toEqual(createFrame(16, 16));
  });
});

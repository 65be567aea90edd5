import { describe, expect, it } from 'vitest';
// @ts-expect-error The bench is plain JavaScript.
import { soakChart } from '../../../bench/soak/chart.mjs';
// @ts-expect-error The bench is plain JavaScript.
import { judge, slopeOf } from '../../../bench/soak/judge.mjs';

interface Sample {
  readonly frame: number;
  readonly rssMB: number;
  readonly outsideMB: number;
  readonly heapMB: number;
  readonly tensors: number;
}

/** 100 samples of 5000 frames; memory rises quickly in the first tenth, as it does. */
function samples(memory: (frame: number) => number, tensors: (frame: number) => number, heap: (frame: number) => number = () => 40): Sample[] {
  return Array.from({ length: 100 }, (_, k) => (k + 1) * 50).map((frame) => {
    const outsideMB = memory(frame) + Math.min(frame, 500) / 5;
    return { frame, outsideMB, rssMB: outsideMB + 2 * heap(frame), heapMB: heap(frame), tensors: tensors(frame) };
  });
}

/** A saw, as a collected heap makes it. */
const saw = (frame: number): number => 200 + (frame % 700) / 35;

describe('soak', () => {
  it('calls a saw flat, and tensors that come and go with frames', () => {
    const found = judge(samples(saw, (frame) => 80 + (frame % 100 === 0 ? 6 : 0)));
    expect(found).toMatchObject({ flat: true, tensors: { first: 80, last: 80, most: 86 } });
    expect(Math.abs(found.memory.perThousandFrames)).toBeLessThan(2);
  });

  it('sees a frame that leaves 10 kB, and a tensor that is kept every 1000 frames', () => {
    const leak = judge(samples((frame) => saw(frame) + frame / 100, () => 80));
    expect(leak.flat).toBe(false);
    expect(leak.memory.perThousandFrames).toBeCloseTo(10, -1);
    expect(judge(samples(saw, (frame) => 80 + Math.floor(frame / 1000))).flat).toBe(false);
  });

  it('lets a heap swell as long as it can be collected', () => {
    const swelling = (frame: number): number => 30 + (frame % 1000) / 20;
    expect(judge(samples(saw, () => 80, swelling)).flat).toBe(true);
    expect(judge(samples(saw, () => 80, (frame) => swelling(frame) + frame / 200)).flat).toBe(false);
  });

  it('says nothing of too few samples', () => {
    expect(judge(samples(saw, () => 80).slice(0, 6)).flat).toBeNull();
  });

  it('fits lines', () => {
    expect(slopeOf([[0, 1], [1, 3], [2, 5]])).toBeCloseTo(2);
  });

  it('draws what was measured, and leaves out what was not', () => {
    const row = { name: 'wasm:draft', fps: 25, clipSeconds: 200, flat: true, tensors: { last: 4 }, samples: samples(saw, () => 4) };
    const svg = soakChart([row, { name: 'webgpu:standard', missing: 'not installed' }]) as string;
    expect(svg.match(/<polyline/g)).toHaveLength(2); // the line, and its place in the legend
    expect(svg).toContain('wasm, draft, 4 tensors');
    expect(svg).not.toContain('webgpu');
  });
});

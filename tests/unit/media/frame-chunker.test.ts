import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameChunker } from '#dist/media/frame-chunker.js';

describe('FrameChunker', () => {
  it('gives the same bytes for any way to cut the stream', async () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 12 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([frameBytes, cuts]) => {
        const total = cuts.reduce((sum, cut) => sum + cut, 0);
        const bytes = Buffer.from(Array.from({ length: total }, (_, i) => i % 251));
        let at = 0;
        const chunks = cuts.map((cut) => bytes.subarray(at, (at += cut)));
        const chunker = new FrameChunker(frameBytes);
        void pipeline(Readable.from(chunks), chunker).catch(() => undefined);
        let count = 0;
        for (let frame = await chunker.next(); frame; frame = await chunker.next()) {
          expect([...frame]).toEqual([...bytes.subarray(count * frameBytes, ++count * frameBytes)]);
        }
        expect(count).toBe(Math.floor(total / frameBytes));
        expect(chunker.frames).toBe(count);
      }),
      { numRuns: 150 },
    );
  });

  it('leaves the frame in hand alone and stops the stream while its ring is full', async () => {
    const chunker = new FrameChunker(4);
    let accepted = 0;
    for (let i = 0; i < 6; i++) chunker.write(Buffer.alloc(4, i), () => accepted++);
    const first = await chunker.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...first!]).toEqual([0, 0, 0, 0]);
    expect(accepted).toBe(3);
    const memory = new Set([first!.buffer]);
    for (let i = 1; i < 6; i++) {
      const frame = await chunker.next();
      expect([...frame!]).toEqual([i, i, i, i]);
      memory.add(frame!.buffer);
    }
    expect(memory.size).toBe(3);
  });
});

import { describe, expect, it } from 'vitest';
import { addPattern } from '#dist/provenance/invisible/add-pattern.js';
import { createKernelAdder } from '#dist/provenance/invisible/kernel.js';

/** Mulberry32, 0..1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('the kernel of the invisible mark', () => {
  it.each([
    [128, 96],
    [61, 43],
    [3, 5],
  ])('changes a picture of %i x %i to the last bit as plain TypeScript does', (width, height) => {
    const next = random(width);
    const pattern = Int8Array.from({ length: width * height }, () => Math.round(254 * next()) - 127);
    const strength = Uint8Array.from({ length: Math.ceil(width / 4) * Math.ceil(height / 4) }, () => 256 * next());
    // Dark, light and in between: changes are cut at 0 and 255.
    const picture = Uint8ClampedArray.from({ length: width * height * 4 }, () => 300 * next() - 20);
    const add = createKernelAdder(width, height, pattern)!;
    const [drawn, expected] = [picture.slice(), picture.slice()];
    for (let frame = 0; frame < 2; frame++) {
      add(drawn, strength);
      addPattern(expected, width, height, pattern, strength);
      expect(Buffer.from(drawn).equals(Buffer.from(expected))).toBe(true);
      strength.reverse();
    }
    expect(Buffer.from(drawn).equals(Buffer.from(picture))).toBe(false);
  });
});

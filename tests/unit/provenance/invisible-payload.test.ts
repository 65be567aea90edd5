import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODED_BITS, decodePayload, encodePayload } from '#dist/provenance/invisible/payload.js';

const softOf = (coded: Uint8Array) => Float64Array.from(coded, (b) => (b ? 1 : -1));

describe('payload code', () => {
  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (payload) => {
        expect(decodePayload(softOf(encodePayload(payload)))).toBe(payload);
      }),
      { numRuns: 60 },
    );
  });

  it('corrects any 12 wrong bits that are spread out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 13 }), (payload, phase) => {
        const soft = softOf(encodePayload(payload));
        for (let i = phase; i < CODED_BITS; i += 14) soft[i]! *= -1;
        expect(decodePayload(soft)).toBe(payload);
      }),
      { numRuns: 40 },
    );
  });

  it('rejects noise', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: CODED_BITS, maxLength: CODED_BITS }), (noise) => {
        // An all-equal row of zeros decodes to payload 0, whose check isn't 0.
        expect(decodePayload(Float64Array.from(noise))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});

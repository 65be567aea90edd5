import { createHash } from 'node:crypto';
import { createCodeEmbedder, type InvisibleEmbedder } from './embed.js';
import { CODED_BITS, decodePayload } from './payload.js';

/**
 * A pattern that looks like the mark and isn't: the same tile, the same sync chips, the same strength and the same fit to the
 * picture, but its bits are noise that no payload encodes to. A detector of forgeries that learns to see the mark sees it in
 * decoyed recordings too; our own reader finds no payload and says that there is no mark.
 *
 * @param seed - names the decoy; the same seed gives the same pattern
 */
export function createDecoyEmbedder(width: number, height: number, seed: string): InvisibleEmbedder {
  return createCodeEmbedder(width, height, decoyBits(seed));
}

/** `[168]` bits, 0 or 1, that don't decode to any payload. */
export function decoyBits(seed: string): Uint8Array {
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`decoy ${attempt} ${seed}`).digest();
    const bits = Uint8Array.from({ length: CODED_BITS }, (_, i) => (digest[i >> 3]! >> (i & 7)) & 1);
    if (decodePayload(Float64Array.from(bits, (bit) => 2 * bit - 1)) === undefined) return bits;
  }
}

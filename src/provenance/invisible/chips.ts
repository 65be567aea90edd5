import { CODED_BITS } from './payload.js';

/** The mark is a square tile of this many chips a side, repeated over the picture. */
export const TILE_CHIPS = 32;

/** Chips of the tile whose sign is fixed: they tell where the tile lies. The other 768 carry each coded bit four or five times. */
const SYNC_CHIPS = 256;

/** Names this tool: another seed is another, independent mark. */
const TILE_SEED = 0x7ab1ea05;

const CHIPS_ALONG_LONGER_SIDE = 128;
const SMALLEST_CHIP = 4;

/** What each chip of the tile says. */
export interface ChipLayout {
  /** `[32 * 32]`: index of the coded bit, -1 for sync chips. */
  readonly bit: Int16Array;
  /** `[32 * 32]`: -1 or 1, the pseudo-random sign that spreads the bit. */
  readonly sign: Int8Array;
}

/**
 * Side of one chip. It grows with the picture, so that the mark of a large portrait survives being viewed small.
 *
 * @returns Pixels, not rounded; at least 4.
 */
export function chipSize(width: number, height: number): number {
  return Math.max(SMALLEST_CHIP, Math.max(width, height) / CHIPS_ALONG_LONGER_SIDE);
}

/** Mulberry32: uniform numbers in 0..1. */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function createLayout(): ChipLayout {
  const random = uniform(TILE_SEED);
  const count = TILE_CHIPS * TILE_CHIPS;
  const order = Uint16Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const bit = new Int16Array(count).fill(-1);
  for (let k = SYNC_CHIPS; k < count; k++) bit[order[k]!] = (k - SYNC_CHIPS) % CODED_BITS;
  const sign = Int8Array.from({ length: count }, () => (random() < 0.5 ? -1 : 1));
  return { bit, sign };
}

/** The one layout of this tool. */
export const CHIP_LAYOUT: ChipLayout = createLayout();

/** `[32, 32]` chips of the tile, -1 or 1, for coded bits; without bits, only the sync chips, the others 0. */
export function chipValues(coded: Uint8Array | undefined): Float32Array {
  const { bit, sign } = CHIP_LAYOUT;
  return Float32Array.from(sign, (s, i) => {
    const b = bit[i]!;
    if (b < 0) return s;
    return coded === undefined ? 0 : coded[b] ? s : -s;
  });
}

/**
 * Value of the tile between chip centres: bilinear, so that the pattern is band-limited and survives rescaling.
 *
 * @param chips - `[32, 32]`.
 * @param u - Position in chips from the left edge of the tile, any non-negative number (the tile repeats).
 * @param v - The same from the top edge.
 * @returns -1..1.
 */
export function tileAt(chips: Float32Array, u: number, v: number): number {
  const fx = u + TILE_CHIPS - 0.5;
  const fy = v + TILE_CHIPS - 0.5;
  const wx = fx - Math.floor(fx);
  const wy = fy - Math.floor(fy);
  const x0 = Math.floor(fx) % TILE_CHIPS;
  const y0 = (Math.floor(fy) % TILE_CHIPS) * TILE_CHIPS;
  const x1 = (x0 + 1) % TILE_CHIPS;
  const y1 = (y0 + TILE_CHIPS) % (TILE_CHIPS * TILE_CHIPS);
  const top = chips[y0 + x0]! * (1 - wx) + chips[y0 + x1]! * wx;
  const bottom = chips[y1 + x0]! * (1 - wx) + chips[y1 + x1]! * wx;
  return top * (1 - wy) + bottom * wy;
}

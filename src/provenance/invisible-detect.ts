import { VivantError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import { CHIP_LAYOUT, TILE_CHIPS } from './invisible-chips.js';
import { createFolder } from './invisible-fold.js';
import { CODED_BITS, decodePayload } from './invisible-payload.js';
import { createResidualAverage, type ResidualAverage } from './invisible-residual.js';
import { type Candidate, searchMark, syncCorrelator } from './invisible-search.js';

/** What was read. */
export interface InvisibleResult {
  /** The sync pattern stands out and the payload passes its check. */
  readonly found: boolean;
  /** Unsigned 32-bit; only when found. */
  readonly payload?: number;
  /** How far the sync pattern stands out, standard deviations; {@link SYNC_THRESHOLD} is needed. */
  readonly z: number;
  /** The picture is a mirror image of what was marked. */
  readonly mirrored: boolean;
  /** Size of a chip in pixels of the frames fed, along x and y: shows how the picture was rescaled. */
  readonly chip: readonly [x: number, y: number];
  /** Frames averaged. */
  readonly frames: number;
}

/** Reads the invisible mark from a clip. */
export interface InvisibleDetector {
  /**
   * Takes one frame; 25 to 50 spread over a clip are enough.
   *
   * @throws VivantError `UNREADABLE_MEDIA` when the size differs from the first frame's.
   */
  add(frame: Frame): void;
  /** Searches what was fed so far: some seconds of CPU time when there is no mark. */
  result(): InvisibleResult;
}

/** Least sync z. Unmarked clips reach about 5.5 over the whole search. */
export const SYNC_THRESHOLD = 6;

/** Four samples a chip to place the grid exactly before the bits are read. */
const READ_BINS = 4 * TILE_CHIPS;

/** Correlates every chip with its triangle and adds up the bits. `[144]` soft bits. */
function softBits(tile: Float64Array, dx: number, dy: number): Float64Array {
  const perChip = READ_BINS / TILE_CHIPS;
  const reach = perChip - 1;
  const soft = new Float64Array(CODED_BITS);
  const wrap = READ_BINS - 1;
  for (let cy = 0; cy < TILE_CHIPS; cy++) {
    for (let cx = 0; cx < TILE_CHIPS; cx++) {
      const chip = cy * TILE_CHIPS + cx;
      const bit = CHIP_LAYOUT.bit[chip]!;
      if (bit < 0) continue;
      let sum = 0;
      for (let j = -reach; j < perChip + reach; j++) {
        const wy = 1 - Math.abs(j + 0.5 - perChip / 2) / perChip;
        if (wy <= 0) continue;
        const row = ((cy * perChip + j + dy + READ_BINS) & wrap) * READ_BINS;
        for (let i = -reach; i < perChip + reach; i++) {
          const wx = 1 - Math.abs(i + 0.5 - perChip / 2) / perChip;
          if (wx > 0) sum += wx * wy * tile[row + ((cx * perChip + i + dx + READ_BINS) & wrap)]!;
        }
      }
      soft[bit]! += sum * CHIP_LAYOUT.sign[chip]!;
    }
  }
  return soft;
}

function mirrorTile(tile: Float64Array): void {
  for (let y = 0; y < READ_BINS; y++) tile.subarray(y * READ_BINS, (y + 1) * READ_BINS).reverse();
}

function readPayload(average: ResidualAverage, candidate: Candidate): number | undefined {
  const folder = createFolder(average.sum, average.width, average.height, READ_BINS);
  const tile = new Float64Array(READ_BINS * READ_BINS);
  folder.setChipX(candidate.chipX);
  folder.foldY(candidate.chipY, tile);
  if (candidate.mirrored) mirrorTile(tile);
  const match = syncCorrelator(READ_BINS).match(tile);
  if (match.mirrored) return undefined;
  return decodePayload(softBits(tile, match.dx, match.dy));
}

/** Makes a detector for one clip or picture. */
export function createInvisibleDetector(): InvisibleDetector {
  let average: ResidualAverage | undefined;
  let size = { width: 0, height: 0 };
  return {
    add(frame) {
      if (average === undefined) {
        average = createResidualAverage(frame.width, frame.height);
        size = { width: frame.width, height: frame.height };
      } else if (frame.width !== size.width || frame.height !== size.height) {
        throw new VivantError(
          'UNREADABLE_MEDIA',
          `Expected frames of ${size.width}x${size.height} like the first one for the invisible mark, but received ${frame.width}x${frame.height}. Decode the clip at one size.`,
        );
      }
      average.add(frame);
    },
    result() {
      const frames = average?.frames ?? 0;
      if (average === undefined) return { found: false, z: 0, mirrored: false, chip: [0, 0], frames };
      const grow = size.width / average.width;
      const candidates = searchMark(average, Math.max(size.width, size.height), SYNC_THRESHOLD);
      for (const candidate of candidates) {
        const { z, mirrored } = candidate;
        if (z < SYNC_THRESHOLD) break;
        const payload = readPayload(average, candidate);
        if (payload === undefined) continue;
        return { found: true, payload, z, mirrored, chip: [candidate.chipX * grow, candidate.chipY * grow], frames };
      }
      const best = candidates[0];
      if (best === undefined) return { found: false, z: 0, mirrored: false, chip: [0, 0], frames };
      return { found: false, z: best.z, mirrored: best.mirrored, chip: [best.chipX * grow, best.chipY * grow], frames };
    },
  };
}

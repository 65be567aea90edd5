import { VivantError } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { CHIP_LAYOUT, TILE_CHIPS } from './chips.js';
import { createFolder } from './fold.js';
import { CODED_BITS, CRC_FALSE_PASS, decodePayload } from './payload.js';
import { createResidualAverage, type ResidualAverage } from './residual.js';
import { type Candidate, createMarkSearch, type Searched } from './search.js';
import { createSyncCorrelator } from './sync.js';

/** What was read. */
export interface InvisibleResult {
  /** A payload was read and passes its check; {@link FALSE_POSITIVE_BOUND} says how rarely that happens by chance. */
  readonly found: boolean;
  /** Unsigned 32-bit; only when found. */
  readonly payload?: number;
  /** How far the sync pattern stands out, standard deviations: the best of all guesses, so 4 to 5.5 means nothing. */
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

/**
 * Guesses whose sync pattern stands out less than this aren't read. An unmarked picture's best guess lies around 4 to 5.5, so
 * this alone proves nothing: the check of the payload does.
 */
export const LEAST_Z = 4.2;

/**
 * Upper bound of the probability that an unmarked clip is found marked, by construction: at most 18 guesses are read, and
 * random bits pass the 24-bit check once in 2^24.
 */
export const FALSE_POSITIVE_BOUND = 18 * CRC_FALSE_PASS;

/** Four samples a chip to place the grid exactly before the bits are read. */
const READ_BINS = 4 * TILE_CHIPS;

/** Correlates every chip with its triangle and adds up the bits. `[168]` soft bits. */
export function softBits(tile: Float64Array, dx: number, dy: number): Float64Array {
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

/** Makes a detector for one clip or picture. */
export function createInvisibleDetector(): InvisibleDetector {
  let average: ResidualAverage | undefined;
  let size = { width: 0, height: 0 };
  const correlator = createSyncCorrelator(READ_BINS);

  /** The folded tile, turned back when the picture is mirrored, for a chip size in pixels. */
  const foldTile = ({ picture, width, height }: Searched, chipX: number, chipY: number, mirrored: boolean): Float64Array => {
    const folder = createFolder(picture, width, height, READ_BINS);
    const tile = new Float64Array(READ_BINS * READ_BINS);
    folder.setChipX(chipX);
    folder.foldY(chipY, tile);
    if (mirrored) mirrorTile(tile);
    return tile;
  };

  /** Reads where an uncropped picture has its mark: then the offset is known and the sync chips aren't needed. */
  const readUncropped = (searched: Searched, chip: number, mirrored: boolean): (Candidate & { payload: number }) | undefined => {
    const tile = foldTile(searched, chip, chip, mirrored);
    const bins = mirrored ? Math.round((-searched.width / chip) * (READ_BINS / TILE_CHIPS)) : 0;
    const dx = ((bins % READ_BINS) + READ_BINS) % READ_BINS;
    const payload = decodePayload(softBits(tile, dx, 0));
    if (payload === undefined) return undefined;
    return { payload, z: correlator.zAt(tile, dx, 0), dx, dy: 0, mirrored, chipX: chip, chipY: chip };
  };

  const readGuess = (searched: Searched, guess: Candidate): number | undefined => {
    const tile = foldTile(searched, guess.chipX, guess.chipY, guess.mirrored);
    const { dx, dy, mirrored } = correlator.match(tile);
    return mirrored ? undefined : decodePayload(softBits(tile, dx, dy));
  };

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
      if (average === undefined) return { found: false, z: 0, mirrored: false, chip: [0, 0], frames: 0 };
      const { width, height, frames } = average;
      const shrink = size.width / width;
      const searched = { picture: average.sum(), width, height, shrink };
      const search = createMarkSearch(searched);
      let best: Candidate | undefined;
      const describe = ({ z, mirrored, chipX, chipY }: Candidate) => ({ z, mirrored, chip: [chipX * shrink, chipY * shrink] as const, frames });
      for (const chip of search.expectedChips) {
        for (const mirrored of [false, true]) {
          const hit = readUncropped(searched, chip, mirrored);
          if (hit !== undefined) return { found: true, payload: hit.payload, ...describe(hit) };
        }
      }
      for (const stage of ['expected', 'rescaled', 'stretched'] as const) {
        for (const candidate of search[stage]()) {
          if (best === undefined || candidate.z > best.z) best = candidate;
          if (candidate.z < LEAST_Z) continue;
          const payload = readGuess(searched, candidate);
          if (payload !== undefined) return { found: true, payload, ...describe(candidate) };
        }
      }
      return best === undefined ? { found: false, z: 0, mirrored: false, chip: [0, 0], frames } : { found: false, ...describe(best) };
    },
  };
}

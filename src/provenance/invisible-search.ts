import { chipSize, TILE_CHIPS } from './invisible-chips.js';
import { createFolder, type Folder } from './invisible-fold.js';
import type { ResidualAverage } from './invisible-residual.js';
import { createSyncCorrelator, type SyncCorrelator, type SyncMatch } from './invisible-sync.js';

/** One guess of the geometry, with how well the sync chips agree. */
export interface Candidate extends SyncMatch {
  /** Pixels of the working picture per chip. */
  readonly chipX: number;
  readonly chipY: number;
}

/** Two samples a chip are enough to see the sync peak at any offset. */
const SEARCH_BINS = 2 * TILE_CHIPS;
/** Ratio of neighbouring guesses: over 128 chips the pattern then slips by less than half a chip. */
const STEP = 1.005;
/** Searched sizes of a chip, as the longer side of the picture divided by it. */
const MOST_CHIPS = 200;
const FEWEST_CHIPS = 24;
/** A peak like this needs no further search. */
const CERTAIN_Z = 14;
const KEPT = 4;

const correlators = new Map<number, SyncCorrelator>();

/** The correlator for tiles of `bins` samples a side, made on first use. */
export function syncCorrelator(bins: number): SyncCorrelator {
  const known = correlators.get(bins) ?? createSyncCorrelator(bins);
  correlators.set(bins, known);
  return known;
}

/** Keeps the best few candidates, neighbours in scale merged. */
function keep(best: Candidate[], found: Candidate): void {
  const near = best.findIndex(
    (c) => c.mirrored === found.mirrored && Math.abs(Math.log(c.chipX / found.chipX)) < 0.02 && Math.abs(Math.log(c.chipY / found.chipY)) < 0.02,
  );
  if (near >= 0) {
    if (best[near]!.z < found.z) best[near] = found;
  } else best.push(found);
  best.sort((a, b) => b.z - a.z);
  best.length = Math.min(best.length, KEPT);
}

/** Climbs to the best scale near a candidate, both axes by themselves, down to 0.1 %. */
function refine(folder: Folder, start: Candidate, tile: Float64Array): Candidate {
  const correlator = syncCorrelator(SEARCH_BINS);
  let best = start;
  for (const step of [0.003, 0.001]) {
    for (let moved = true; moved; ) {
      moved = false;
      const from = best;
      for (const sx of [-1, 0, 1]) {
        const chipX = from.chipX * (1 + sx * step);
        folder.setChipX(chipX);
        for (const sy of [-1, 0, 1]) {
          const chipY = from.chipY * (1 + sy * step);
          folder.foldY(chipY, tile);
          const match = correlator.match(tile);
          if (match.z > best.z) {
            best = { ...match, chipX, chipY };
            moved = true;
          }
        }
      }
    }
  }
  return best;
}

/** Chip sizes that a picture of this size has when it was not cropped, before or after halving. */
function expectedChips(width: number, height: number): number[] {
  const side = Math.max(width, height);
  const sizes = [chipSize(width, height), side / 128, chipSize(2 * width, 2 * height) / 2];
  return sizes.filter((size, i) => sizes.findIndex((s) => Math.abs(s / size - 1) < 0.01) === i);
}

/**
 * Looks for the mark over scales, offsets and both mirror states, coarse to fine.
 *
 * First equal scales in both axes (any rescaling or crop), then, without success, unequal ones up to a crop of 20 % of one
 * axis that was stretched back.
 *
 * @param nativeSide - Longer side of the frames before they were shrunk to the working size, pixels.
 * @returns The best few, best first.
 */
export function searchMark(average: ResidualAverage, nativeSide: number, enoughZ: number): Candidate[] {
  const { width, height, sum } = average;
  const folder = createFolder(sum, width, height, SEARCH_BINS);
  const correlator = syncCorrelator(SEARCH_BINS);
  const tile = new Float64Array(SEARCH_BINS * SEARCH_BINS);
  const best: Candidate[] = [];
  const side = Math.max(width, height);

  for (let chip = side / MOST_CHIPS; chip <= side / FEWEST_CHIPS; chip *= STEP) {
    folder.setChipX(chip);
    folder.foldY(chip, tile);
    keep(best, { ...correlator.match(tile), chipX: chip, chipY: chip });
  }
  const refined = () => best.map((c) => refine(folder, c, tile)).sort((a, b) => b.z - a.z);
  const equal = refined();
  if (equal[0] !== undefined && equal[0].z >= enoughZ) return equal;

  const shrunk = side / nativeSide;
  for (const expected of expectedChips(width / shrunk, height / shrunk)) {
    const from = expected * shrunk * 0.985;
    const to = expected * shrunk * 1.26;
    for (let chipX = from; chipX <= to; chipX *= STEP) {
      folder.setChipX(chipX);
      for (let chipY = from; chipY <= to; chipY *= STEP) {
        folder.foldY(chipY, tile);
        keep(best, { ...correlator.match(tile), chipX, chipY });
      }
      if (best[0]!.z >= CERTAIN_Z) break;
    }
  }
  return refined();
}

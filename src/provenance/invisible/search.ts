import { chipSize, TILE_CHIPS } from './chips.js';
import { createFolder, type Folder } from './fold.js';
import { createSyncCorrelator, type SyncMatch } from './sync.js';

/** One guess of the geometry, with how well the sync chips agree. */
export interface Candidate extends SyncMatch {
  /** Pixels of the searched picture per chip. */
  readonly chipX: number;
  readonly chipY: number;
}

/** A whitened picture, and the size of the frames that it was made from. */
export interface Searched {
  /** `[height, width]`. */
  readonly picture: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Width of the frames divided by the width of the picture, at least 1. */
  readonly shrink: number;
}

/** Two samples a chip are enough to see the sync peak at any offset. */
const BINS = 2 * TILE_CHIPS;
/** Searched sizes of a chip, as the number of chips along the longer side. */
const MOST_CHIPS = 150;
const FEWEST_CHIPS = 24;
/** Of each search so many best guesses are kept. */
const KEPT = 4;
/** Guesses nearer than this in scale are one. */
const SAME = 0.02;
/** A picture may have lost this share of one axis and been stretched back. */
const LARGEST_STRETCH = 1.26;

/** From one guess to the next the pattern shifts by half a chip between the picture's middle and its edge. */
const nextChip = (chip: number, side: number): number => chip * (1 + chip / side);

/** Guesses from `from` to `to` pixels a chip. */
function* chips(from: number, to: number, side: number): Generator<number> {
  for (let chip = from; chip <= to; chip = nextChip(chip, side)) yield chip;
}

const near = (a: number, b: number): boolean => Math.abs(Math.log(a / b)) < SAME;

/** Keeps the best few candidates, neighbours in scale merged. */
function keep(best: Candidate[], found: Candidate): void {
  const same = best.findIndex((c) => c.mirrored === found.mirrored && near(c.chipX, found.chipX) && near(c.chipY, found.chipY));
  if (same < 0) best.push(found);
  else if (best[same]!.z < found.z) best[same] = found;
  best.sort((a, b) => b.z - a.z);
  best.length = Math.min(best.length, KEPT);
}

/** Searches one picture. Each search gives its best few guesses, best first. */
export interface MarkSearch {
  /** Sizes of a chip that an uncropped picture can have, as marked or made smaller; pixels of the searched picture. */
  readonly expectedChips: readonly number[];
  /** Those sizes, with any offset. */
  expected(): Candidate[];
  /** Any equal rescaling of both axes, with or without a crop. */
  rescaled(): Candidate[];
  /** Crops that were stretched back along one axis more than along the other. */
  stretched(): Candidate[];
}

/** Makes a search over scale, offset and both mirror states, coarse to fine. */
export function createMarkSearch({ picture, width, height, shrink }: Searched): MarkSearch {
  const folder: Folder = createFolder(picture, width, height, BINS);
  const correlator = createSyncCorrelator(BINS);
  const tile = new Float64Array(BINS * BINS);
  const side = Math.max(width, height);

  const guess = (chipX: number, chipY: number): Candidate => {
    folder.foldY(chipY, tile);
    return { ...correlator.match(tile), chipX, chipY };
  };

  /** Climbs to the best scale near a guess, both axes by themselves, down to a tenth of the search step. */
  const refine = (start: Candidate): Candidate => {
    let best = start;
    const step = start.chipX / side;
    for (const share of [0.3, 0.1]) {
      for (let from: Candidate | undefined; from !== best; ) {
        from = best;
        for (const sx of [-1, 0, 1]) {
          const chipX = from.chipX * (1 + sx * share * step);
          folder.setChipX(chipX);
          for (const sy of [-1, 0, 1]) {
            const found = guess(chipX, from.chipY * (1 + sy * share * step));
            if (found.z > best.z) best = found;
          }
        }
      }
    }
    return best;
  };
  const refineAll = (best: readonly Candidate[]): Candidate[] => best.map(refine).sort((a, b) => b.z - a.z);

  const frameWidth = width * shrink;
  const frameHeight = height * shrink;
  const sizes = [1, 2, 4 / 3].map((grow) => chipSize(grow * frameWidth, grow * frameHeight) / grow / shrink);
  const expectedChips = sizes.filter((size, i) => sizes.findIndex((s) => near(s, size)) === i);

  return {
    expectedChips,
    expected() {
      const best: Candidate[] = [];
      for (const chip of expectedChips) {
        folder.setChipX(chip);
        keep(best, guess(chip, chip));
      }
      return refineAll(best);
    },
    rescaled() {
      const best: Candidate[] = [];
      for (const chip of chips(side / MOST_CHIPS, side / FEWEST_CHIPS, side)) {
        folder.setChipX(chip);
        keep(best, guess(chip, chip));
      }
      return refineAll(best);
    },
    stretched() {
      const best: Candidate[] = [];
      for (const expected of expectedChips) {
        for (const chipX of chips(expected, expected * LARGEST_STRETCH, side)) {
          folder.setChipX(chipX);
          for (const chipY of chips(expected, expected * LARGEST_STRETCH, side)) keep(best, guess(chipX, chipY));
        }
      }
      return refineAll(best);
    },
  };
}

import { chipValues, TILE_CHIPS, tileAt } from './chips.js';
import { createSquareFft } from './fft.js';

/** Where the sync chips agree best with a folded tile. */
export interface SyncMatch {
  /** Height of the correlation peak above its mean, in standard deviations over all offsets. */
  readonly z: number;
  /** Offset of the tile's origin in the (possibly mirrored) folded tile, bins. */
  readonly dx: number;
  readonly dy: number;
  /** The picture is a mirror image. */
  readonly mirrored: boolean;
}

/** Looks for the sync chips in folded tiles of one size. */
export interface SyncCorrelator {
  readonly bins: number;
  /** @param tile - `[bins, bins]`, mean 0; not changed. */
  match(tile: Float64Array): SyncMatch;
  /** How far the sync chips stand out at a known offset (bins) of an unmirrored tile, standard deviations. */
  zAt(tile: Float64Array, dx: number, dy: number): number;
}

/**
 * Makes a correlator: phase-only (Kuglin and Hines 1975), which whitens the picture's own spectrum.
 * Both mirror states come from one inverse transform, one as its real part and one as its imaginary part.
 */
export function createSyncCorrelator(bins: number): SyncCorrelator {
  const fft = createSquareFft(bins);
  const count = bins * bins;
  const sync = chipValues(undefined);
  const syncRe = new Float64Array(count);
  const syncIm = new Float64Array(count);
  const perChip = bins / TILE_CHIPS;
  for (let y = 0; y < bins; y++) {
    for (let x = 0; x < bins; x++) syncRe[y * bins + x] = tileAt(sync, (x + 0.5) / perChip, (y + 0.5) / perChip);
  }
  fft.transform(syncRe, syncIm, false);
  const re = new Float64Array(count);
  const im = new Float64Array(count);

  /** `re` and `im` become the correlation with the picture as it is and with its mirror image. */
  const correlate = (tile: Float64Array): void => {
    re.set(tile);
    im.fill(0);
    fft.transform(re, im, false);
    for (let y = 0; y < bins; y++) {
      for (let x = 0; x < bins; x++) {
        const k = y * bins + x;
        const length = Math.sqrt(re[k]! * re[k]! + im[k]! * im[k]!) || 1;
        const a = re[k]! / length;
        const b = im[k]! / length;
        // Plain: F * conj(S). Mirrored: F * conj(S mirrored), where S mirrored(kx, ky) = S(-kx, ky).
        const m = y * bins + ((bins - x) & (bins - 1));
        const plainRe = a * syncRe[k]! + b * syncIm[k]!;
        const plainIm = b * syncRe[k]! - a * syncIm[k]!;
        const mirrorRe = a * syncRe[m]! + b * syncIm[m]!;
        const mirrorIm = b * syncRe[m]! - a * syncIm[m]!;
        re[k] = plainRe - mirrorIm;
        im[k] = plainIm + mirrorRe;
      }
    }
    fft.transform(re, im, true);
  };

  /** Largest value, or the one at `given`. */
  const peak = (values: Float64Array, given?: number) => {
    let at = given ?? 0;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const v = values[i]!;
      sum += v;
      squares += v * v;
      if (given === undefined && v > values[at]!) at = i;
    }
    const mean = sum / count;
    const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) || Infinity;
    return { at, z: (values[at]! - mean) / deviation };
  };

  return {
    bins,
    zAt(tile, dx, dy) {
      correlate(tile);
      return peak(re, dy * bins + dx).z;
    },
    match(tile) {
      correlate(tile);
      const plain = peak(re);
      const mirror = peak(im);
      if (plain.z >= mirror.z) {
        return { z: plain.z, dx: plain.at % bins, dy: Math.floor(plain.at / bins), mirrored: false };
      }
      // The mirrored pattern m(x) = s(-x - 1) found at shift d has its origin, in the mirrored-back tile, at -d.
      const d = mirror.at % bins;
      return { z: mirror.z, dx: (bins - d) % bins, dy: Math.floor(mirror.at / bins), mirrored: true };
    },
  };
}

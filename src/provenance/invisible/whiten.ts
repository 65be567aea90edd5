/** Side of the blocks that are whitened, pixels: resolves frequencies up to those of the mark, follows local texture. */
const BLOCK = 16;
const COEFFICIENTS = BLOCK * BLOCK;

/** Added to every coefficient's expected size, levels: keeps flat areas from being amplified without bound. */
const FLOOR = 0.5;
/** Coefficients are clipped at this many expected sizes, which is near-optimal for a weak mark in Laplacian content. */
const CLIP = 0.7;
/** One strong coefficient counts at most this much in a block's activity. */
const OUTLIER = 4;

/** DCT-II basis, `[16, 16]` frequency by sample, orthonormal. */
const BASIS = Float32Array.from({ length: COEFFICIENTS }, (_, i) => {
  const frequency = Math.floor(i / BLOCK);
  const sample = i % BLOCK;
  return Math.sqrt((frequency === 0 ? 1 : 2) / BLOCK) * Math.cos((Math.PI * (sample + 0.5) * frequency) / BLOCK);
});
const TRANSPOSED = Float32Array.from(BASIS, (_, i) => BASIS[(i % BLOCK) * BLOCK + Math.floor(i / BLOCK)]!);

/** `target = (left * source)ᵀ`, all `[16, 16]`, four rows of `left` at a time. */
function multiplyTransposed(left: Float32Array, source: Float32Array, target: Float32Array): void {
  for (let x = 0; x < BLOCK; x++) {
    const to = x * BLOCK;
    for (let k = 0; k < BLOCK; k += 4) {
      const row = k * BLOCK;
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let y = 0, s = x; y < BLOCK; y++, s += BLOCK) {
        const value = source[s]!;
        a += left[row + y]! * value;
        b += left[row + BLOCK + y]! * value;
        c += left[row + 2 * BLOCK + y]! * value;
        d += left[row + 3 * BLOCK + y]! * value;
      }
      target[to + k] = a;
      target[to + k + 1] = b;
      target[to + k + 2] = c;
      target[to + k + 3] = d;
    }
  }
}

/** `target = left * source * leftᵀ`, all `[16, 16]`; `scratch` the same. */
function sandwich(left: Float32Array, source: Float32Array, target: Float32Array, scratch: Float32Array): void {
  multiplyTransposed(left, source, scratch);
  multiplyTransposed(left, scratch, target);
}

/** Takes a picture's content away as far as its statistics tell, so that a faint pattern stands out. */
export interface Whitener {
  /**
   * Adds the whitened picture to `sum`. Strips at the right and lower edge narrower than a block are left out.
   *
   * @param luma - `[height, width]`, 0..255.
   * @param sum - `[height, width]`.
   */
  addTo(sum: Float32Array, luma: Float32Array): void;
}

/**
 * Makes a whitener: block DCT, each coefficient divided by its expected size (the picture's mean for that frequency times
 * the block's activity), clipped, and transformed back. The detector for weak DCT-domain marks of Hernandez et al. 2000.
 */
export function createWhitener(width: number, height: number): Whitener {
  const columns = Math.floor(width / BLOCK);
  const blocks = columns * Math.floor(height / BLOCK);
  const spectra = Array.from({ length: blocks }, () => new Float32Array(COEFFICIENTS));
  const expected = new Float64Array(COEFFICIENTS);
  const block = new Float32Array(COEFFICIENTS);
  const scratch = new Float32Array(COEFFICIENTS);
  const start = (b: number) => Math.floor(b / columns) * BLOCK * width + (b % columns) * BLOCK;

  const analyse = (luma: Float32Array): void => {
    expected.fill(0);
    for (let b = 0; b < blocks; b++) {
      const from = start(b);
      for (let y = 0; y < BLOCK; y++) {
        for (let x = 0; x < BLOCK; x++) block[y * BLOCK + x] = luma[from + y * width + x]!;
      }
      const spectrum = spectra[b]!;
      sandwich(BASIS, block, spectrum, scratch);
      for (let k = 0; k < COEFFICIENTS; k++) expected[k]! += Math.abs(spectrum[k]!) / blocks;
    }
  };

  const flatten = (spectrum: Float32Array): void => {
    let activity = 0;
    for (let k = 1; k < COEFFICIENTS; k++) activity += Math.min(OUTLIER, Math.abs(spectrum[k]!) / (expected[k]! + 0.01));
    activity /= COEFFICIENTS - 1;
    spectrum[0] = 0;
    for (let k = 1; k < COEFFICIENTS; k++) {
      const size = activity * expected[k]! + FLOOR;
      const value = spectrum[k]! / size;
      // The mark is weaker, relative to content, where content is strong: those coefficients say less.
      spectrum[k] = (value > CLIP ? CLIP : value < -CLIP ? -CLIP : value) / Math.sqrt(size);
    }
  };

  return {
    addTo(sum, luma) {
      analyse(luma);
      for (let b = 0; b < blocks; b++) {
        const spectrum = spectra[b]!;
        flatten(spectrum);
        sandwich(TRANSPOSED, spectrum, block, scratch);
        const to = start(b);
        for (let y = 0; y < BLOCK; y++) {
          for (let x = 0; x < BLOCK; x++) sum[to + y * width + x]! += block[y * BLOCK + x]!;
        }
      }
    },
  };
}

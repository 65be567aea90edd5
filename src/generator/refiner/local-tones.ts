import type { Controls } from './controls.js';

/** Standard deviation of what counts as around a place, pixels at half of the crop's resolution: a quarter of a face's width. */
const NEARBY = 6;
const REACH = 3 * NEARBY;
/** Residual and gain, RGB each; and the weight. */
const TONES = 6;
const PLANES = TONES + 1;
/** Less skin than this around a place has no mean. */
const LEAST = 1e-3;

const KERNEL = (() => {
  const line = Array.from({ length: 2 * REACH + 1 }, (_, i) => Math.exp(-0.5 * ((i - REACH) / NEARBY) ** 2));
  const sum = line.reduce((a, b) => a + b);
  return Float32Array.from(line, (value) => value / sum);
})();

/**
 * Takes from a face's tones what they are around each place on average: folds and hollows stay. Light that sweeps over a whole face as it
 * turns can't be known from one photo, and what was learnt of rendered lights was wrong under real ones (training/METHOD.md).
 */
export class LocalTones {
  readonly #planes: Float32Array;
  readonly #swap: Float32Array;

  constructor(
    private readonly rows: number,
    private readonly cols: number,
  ) {
    this.#planes = new Float32Array((rows / 2) * (cols / 2) * PLANES);
    this.#swap = this.#planes.slice();
  }

  /** Changes the tones in place. Each counts as much as alpha, averaged over its four pixels. */
  keep({ tones, masks }: Controls): void {
    const planes = this.#planes;
    const width = this.cols / 2;
    const size = (this.rows / 2) * width;
    for (let i = 0; i < size; i++) {
      const first = (Math.floor(i / width) * 2 * this.cols + (i % width) * 2) * 3;
      const below = first + this.cols * 3;
      const weight = (masks[first]! + masks[first + 3]! + masks[below]! + masks[below + 3]!) / 4;
      for (let k = 0; k < TONES; k++) planes[i * PLANES + k] = weight * (k < 3 ? tones[i * TONES + k]! : Math.log2(tones[i * TONES + k]!));
      planes[i * PLANES + TONES] = weight;
    }
    blurLines(planes, this.#swap, size / width, width * PLANES, width, PLANES);
    blurLines(this.#swap, planes, width, PLANES, size / width, width * PLANES);
    for (let i = 0; i < size; i++) {
      const weight = Math.max(LEAST, planes[i * PLANES + TONES]!);
      for (let k = 0; k < 3; k++) {
        tones[i * TONES + k]! -= planes[i * PLANES + k]! / weight;
        tones[i * TONES + 3 + k]! *= 2 ** (-planes[i * PLANES + 3 + k]! / weight);
      }
    }
  }
}

/** Blurs `lines` lines that start `lineStep` apart, of `length` pixels of {@link PLANES} values that lie `step` apart; zeros around. */
function blurLines(from: Float32Array, to: Float32Array, lines: number, lineStep: number, length: number, step: number): void {
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const [first, last] = [Math.max(0, i - REACH), Math.min(length - 1, i + REACH)];
      for (let k = 0; k < PLANES; k++) {
        let sum = 0;
        for (let j = first; j <= last; j++) sum += KERNEL[j - i + REACH]! * from[line * lineStep + j * step + k]!;
        to[line * lineStep + i * step + k] = sum;
      }
    }
  }
}

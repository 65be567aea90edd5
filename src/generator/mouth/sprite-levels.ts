import { createFrame, type Frame } from '../../core/frame.js';

/** A picture with alpha and its halvings, so that it doesn't flicker where it is drawn small. Halvings are made when first asked for. */
export class SpriteLevels {
  readonly #levels: Frame[];

  constructor(frame: Frame) {
    this.#levels = [frame];
  }

  /** How often to halve where `pixels` of the picture share one pixel of the output, across. */
  levelFor(pixels: number): number {
    return Math.max(0, Math.round(Math.log2(Math.max(1, pixels))));
  }

  /** The picture halved `level` times: its pixel (x, y) covers 2^level x 2^level of the original's. */
  at(level: number): Frame {
    while (this.#levels.length <= level) this.#levels.push(halve(this.#levels.at(-1)!));
    return this.#levels[level]!;
  }
}

/** Means of 2 x 2 pixels; colours count as far as they are opaque. An odd last row or column is dropped. */
function halve({ data, width, height }: Frame): Frame {
  const out = createFrame(Math.max(1, width >> 1), Math.max(1, height >> 1));
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      const o = (y * out.width + x) * 4;
      let alpha = 0;
      let [r, g, b] = [0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const p = (Math.min(height - 1, 2 * y + (k >> 1)) * width + Math.min(width - 1, 2 * x + (k & 1))) * 4;
        const a = data[p + 3]!;
        alpha += a;
        r += data[p]! * a;
        g += data[p + 1]! * a;
        b += data[p + 2]! * a;
      }
      const share = 1 / Math.max(1, alpha);
      out.data[o] = r * share;
      out.data[o + 1] = g * share;
      out.data[o + 2] = b * share;
      out.data[o + 3] = alpha / 4;
    }
  }
  return out;
}

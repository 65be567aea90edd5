import type { Frame } from '../core/frame.js';

/** Where a picture lands in a larger one, pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Weights of one axis: output `i` is the sum of `weights[i * taps + k] * input[first[i] + k]`. */
interface Axis {
  readonly first: Int32Array;
  readonly weights: Float32Array;
  readonly taps: number;
}

/** Scales pictures of one size into a rectangle of another picture: area average going down, bilinear going up. */
export class Resampler {
  readonly #horizontal: Axis;
  readonly #vertical: Axis;
  readonly #place: Place;
  /** `[source height, place width, 3]` */
  readonly #rows: Float32Array;

  /** @param source - Size of the pictures, pixels. */
  constructor(source: { readonly width: number; readonly height: number }, place: Place) {
    this.#horizontal = axis(source.width, place.width);
    this.#vertical = axis(source.height, place.height);
    this.#place = place;
    this.#rows = new Float32Array(source.height * place.width * 3);
  }

  /** Draws `source`, which is opaque, into its place in `target`. */
  draw(source: Frame, target: Frame): void {
    const { x, y, width, height } = this.#place;
    if (source.width === width && source.height === height) {
      for (let row = 0; row < height; row++) {
        const line = source.data.subarray(row * width * 4, (row + 1) * width * 4);
        target.data.set(line, ((y + row) * target.width + x) * 4);
      }
      return;
    }
    this.#squeezeRows(source);
    const { first, weights, taps } = this.#vertical;
    const rows = this.#rows;
    const stride = width * 3;
    for (let row = 0; row < height; row++) {
      const top = first[row]!;
      let out = ((y + row) * target.width + x) * 4;
      for (let column = 0; column < stride; column += 3) {
        let r = 0.5;
        let g = 0.5;
        let b = 0.5;
        for (let k = 0; k < taps; k++) {
          const weight = weights[row * taps + k]!;
          const at = (top + k) * stride + column;
          r += weight * rows[at]!;
          g += weight * rows[at + 1]!;
          b += weight * rows[at + 2]!;
        }
        // Rounded by the 0.5 above; storing would round again, half to even.
        target.data[out] = r | 0;
        target.data[out + 1] = g | 0;
        target.data[out + 2] = b | 0;
        target.data[out + 3] = 255;
        out += 4;
      }
    }
  }

  #squeezeRows(source: Frame): void {
    const { first, weights, taps } = this.#horizontal;
    const { data } = source;
    const { width } = this.#place;
    let out = 0;
    for (let row = 0; row < source.height; row++) {
      for (let column = 0; column < width; column++) {
        let r = 0;
        let g = 0;
        let b = 0;
        let at = (row * source.width + first[column]!) * 4;
        for (let k = 0; k < taps; k++, at += 4) {
          const weight = weights[column * taps + k]!;
          r += weight * data[at]!;
          g += weight * data[at + 1]!;
          b += weight * data[at + 2]!;
        }
        this.#rows[out++] = r;
        this.#rows[out++] = g;
        this.#rows[out++] = b;
      }
    }
  }
}

/** A triangle as wide as an output pixel, or as an input pixel where that is wider. */
function axis(from: number, to: number): Axis {
  const scale = from / to;
  const radius = Math.max(1, scale);
  const taps = Math.min(from, Math.ceil(radius * 2) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const start = Math.min(Math.max(Math.ceil(centre - radius), 0), from - taps);
    first[i] = start;
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += weights[i * taps + k] = Math.max(0, 1 - Math.abs(start + k - centre) / radius);
    for (let k = 0; k < taps; k++) weights[i * taps + k]! /= sum;
  }
  return { first, weights, taps };
}

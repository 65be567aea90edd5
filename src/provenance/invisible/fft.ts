/** In-place complex FFT of square pictures with a power-of-two side; twiddles and scratch are made once. */
export interface SquareFft {
  readonly size: number;
  /** `re`, `im`: `[size, size]`, overwritten. The inverse is not divided by the number of samples. */
  transform(re: Float64Array, im: Float64Array, inverse: boolean): void;
}

/** Makes a transform (radix 2, Cooley and Tukey 1965). */
export function createSquareFft(size: number): SquareFft {
  const cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const reversed = new Uint16Array(size);
  for (let i = 1; i < size; i++) reversed[i] = (reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  const lineRe = new Float64Array(size);
  const lineIm = new Float64Array(size);

  /** One line of `size` samples, `stride` apart. */
  const line = (re: Float64Array, im: Float64Array, start: number, stride: number, direction: number): void => {
    for (let i = 0; i < size; i++) {
      lineRe[reversed[i]!] = re[start + i * stride]!;
      lineIm[reversed[i]!] = im[start + i * stride]!;
    }
    for (let half = 1, step = size >> 1; half < size; half <<= 1, step >>= 1) {
      for (let block = 0; block < size; block += 2 * half) {
        for (let k = 0; k < half; k++) {
          const wr = cos[k * step]!;
          const wi = direction * sin[k * step]!;
          const a = block + k;
          const b = a + half;
          const tr = lineRe[b]! * wr - lineIm[b]! * wi;
          const ti = lineRe[b]! * wi + lineIm[b]! * wr;
          lineRe[b] = lineRe[a]! - tr;
          lineIm[b] = lineIm[a]! - ti;
          lineRe[a]! += tr;
          lineIm[a]! += ti;
        }
      }
    }
    for (let i = 0; i < size; i++) {
      re[start + i * stride] = lineRe[i]!;
      im[start + i * stride] = lineIm[i]!;
    }
  };

  return {
    size,
    transform(re, im, inverse) {
      const direction = inverse ? 1 : -1;
      for (let y = 0; y < size; y++) line(re, im, y * size, 1, direction);
      for (let x = 0; x < size; x++) line(re, im, x, size, direction);
    },
  };
}

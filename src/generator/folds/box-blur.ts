/**
 * Mean over a square of `2 * radius + 1` cells, clamped at the borders. Cost doesn't depend on the radius.
 *
 * @param scratch - same size, overwritten.
 */
export function boxBlur(input: Float32Array, cols: number, rows: number, radius: number, out: Float32Array, scratch: Float32Array): void {
  blurLines(input, scratch, rows, cols, cols, 1, radius);
  blurLines(scratch, out, cols, rows, 1, cols, radius);
}

function blurLines(
  input: Float32Array,
  out: Float32Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  radius: number,
): void {
  const norm = 1 / (2 * radius + 1);
  const last = length - 1;
  for (let l = 0; l < lines; l++) {
    const base = l * lineStride;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += input[base + Math.min(last, Math.max(0, i)) * stride]!;
    for (let i = 0; i < length; i++) {
      out[base + i * stride] = sum * norm;
      sum += input[base + Math.min(last, i + radius + 1) * stride]! - input[base + Math.max(0, i - radius) * stride]!;
    }
  }
}

/** Sums over squares of `2 radius + 1` cells, in place; beyond the border there is nothing. @param scratch - as long as a plane */
export function boxSum(plane: Float32Array, cols: number, rows: number, radius: number, scratch: Float32Array): void {
  sumAlong(plane, scratch, rows, cols, cols, 1, radius);
  sumAlong(scratch, plane, cols, rows, 1, cols, radius);
}

function sumAlong(from: Float32Array, to: Float32Array, lines: number, length: number, line: number, step: number, radius: number): void {
  for (let l = 0; l < lines; l++) {
    const start = l * line;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += from[start + i * step]!;
    for (let i = 0; i < length; i++) {
      if (i + radius < length) sum += from[start + (i + radius) * step]!;
      to[start + i * step] = sum;
      if (i >= radius) sum -= from[start + (i - radius) * step]!;
    }
  }
}

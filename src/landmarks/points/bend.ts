import { CANONICAL_FACE } from './canonical-face.js';
import { solve } from './linear-solve.js';

/** A landmark and how far it has to move in the picture plane, pixels. */
export interface Shift {
  readonly landmark: number;
  readonly dx: number;
  readonly dy: number;
}

/**
 * Moves the given landmarks by exactly their shifts, and all others smoothly with them, in place.
 *
 * The displacement is a radial basis function interpolant over the canonical head with kernel r and a constant: the smoothest
 * one in three dimensions (biharmonic spline) that doesn't grow without bound away from the given landmarks.
 *
 * @param points - `[478, 3]` pixels; z stays
 */
export function bend(points: Float32Array, shifts: readonly Shift[]): void {
  const n = shifts.length;
  if (n === 0) return;
  const size = n + 1;
  const matrix = Array.from({ length: size }, () => new Float64Array(size + 2)); // two right-hand sides: dx, dy
  shifts.forEach((shift, i) => {
    const row = matrix[i]!;
    shifts.forEach((other, j) => (row[j] = canonicalDistance(shift.landmark, other.landmark)));
    row[n] = 1;
    matrix[n]![i] = 1;
    row[size] = shift.dx;
    row[size + 1] = shift.dy;
  });
  solve(matrix);
  for (let i = 0; i < points.length / 3; i++) {
    let dx = matrix[n]![size]!;
    let dy = matrix[n]![size + 1]!;
    for (let j = 0; j < n; j++) {
      const r = canonicalDistance(i, shifts[j]!.landmark);
      dx += r * matrix[j]![size]!;
      dy += r * matrix[j]![size + 1]!;
    }
    points[3 * i]! += dx;
    points[3 * i + 1]! += dy;
  }
}

function canonicalDistance(a: number, b: number): number {
  return Math.hypot(
    CANONICAL_FACE[3 * a]! - CANONICAL_FACE[3 * b]!,
    CANONICAL_FACE[3 * a + 1]! - CANONICAL_FACE[3 * b + 1]!,
    CANONICAL_FACE[3 * a + 2]! - CANONICAL_FACE[3 * b + 2]!,
  );
}

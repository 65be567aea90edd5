/**
 * Gauss-Jordan elimination with partial pivoting, in place: afterwards the columns beyond the square hold the solutions.
 *
 * @param matrix - `[n, n + k]`, the square part regular
 */
export function solve(matrix: readonly Float64Array[]): void {
  const rows = matrix as Float64Array[];
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]!;
    const scale = 1 / lead[column]!;
    for (let k = column; k < lead.length; k++) lead[k]! *= scale;
    for (const row of rows) {
      const factor = row[column]!;
      if (row === lead || factor === 0) continue;
      for (let k = column; k < row.length; k++) row[k]! -= factor * lead[k]!;
    }
  }
}

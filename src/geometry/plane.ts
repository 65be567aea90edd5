/** Bilinear value of a plane (or of one interleaved channel) at element `at`; `right` and `down` are the steps to the neighbours. */
export function between(plane: Float32Array, at: number, right: number, down: number, fx: number, fy: number): number {
  const above = plane[at]! + (plane[at + right]! - plane[at]!) * fx;
  const below = plane[at + down]! + (plane[at + down + right]! - plane[at + down]!) * fx;
  return above + (below - above) * fy;
}

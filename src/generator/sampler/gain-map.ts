/** Brightness factors on a coarse grid over the source picture; see `folds/`. */
export interface GainMap {
  /** Source pixels of cell (0, 0). */
  readonly originX: number;
  readonly originY: number;
  /** Source pixels per cell. */
  readonly step: number;
  readonly cols: number;
  readonly rows: number;
  /** `[rows, cols]` factors around 1. */
  readonly gain: Float32Array;
}

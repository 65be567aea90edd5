/** Factors on the colours of the source picture, on a coarse grid over it; see `shading/`. */
export interface GainMap {
  /** Source pixels of cell (0, 0). */
  readonly originX: number;
  readonly originY: number;
  /** Source pixels per cell. */
  readonly step: number;
  readonly cols: number;
  readonly rows: number;
  /** `[rows, cols, 4]` factors around 1 of red, green, blue, and 1. */
  readonly gain: Float32Array;
}

/** Samplers count in whole numbers, so that all of them draw the same: this one is a factor of 1. */
export const UNIT = 4096;

/** The factors in {@link UNIT}s. */
export function quantiseGains({ gain }: GainMap, out: Int32Array): void {
  for (let i = 0; i < gain.length; i++) out[i] = (gain[i]! * UNIT + 0.5) | 0;
}

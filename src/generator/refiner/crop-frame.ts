import { curveMean, fitOpening, type Opening } from '../../geometry/opening.js';
import type { RefinerRegion } from './regions.js';

/**
 * A similarity between a crop and a picture: crop pixel (i, j) lies at `(x, y) + pixel * (flip * p * (ex, ey) + q * (-ey, ex))`,
 * with p and q counted from the crop's middle. Whole numbers are pixel centres on both sides.
 */
export interface CropFrame {
  /** Picture pixels: the crop's middle. */
  x: number;
  y: number;
  /** Unit vector along the crop's rows, in the picture. */
  ex: number;
  ey: number;
  /** Picture pixels per crop pixel. */
  pixel: number;
  /** -1 = mirrored. */
  readonly flip: 1 | -1;
  readonly cols: number;
  readonly rows: number;
}

export function createCropFrame({ cols, rows, mirrored }: RefinerRegion): CropFrame {
  return { x: 0, y: 0, ex: 1, ey: 0, pixel: 1, flip: mirrored ? -1 : 1, cols, rows };
}

/**
 * Lays the crop over a face: centred on the opening, turned with its corners, scaled by the head (not by the opening, which a
 * pout would shrink).
 *
 * @param points - `[478, 3]` pixels.
 * @param scale - pixels per canonical head unit.
 * @param unit - of the same person, see `regionUnit`.
 * @param opening - is fitted to the region's contours.
 */
export function fitCropFrame(region: RefinerRegion, points: Float32Array, scale: number, unit: number, opening: Opening, out: CropFrame): CropFrame {
  const o = fitOpening(points, region.upper, region.lower, opening);
  // A falling jaw takes the mouth's crop along; a lid doesn't move the eye.
  const down = region.eye ? 0 : ((curveMean(o.upper) + curveMean(o.lower)) / 2) * o.width;
  out.x = o.x - o.ey * down;
  out.y = o.y + o.ex * down;
  out.ex = o.ex;
  out.ey = o.ey;
  out.pixel = Math.max(1e-3, (scale * unit) / region.perUnit);
  return out;
}

/** Crop column of a picture position. */
export function cropColumn(frame: CropFrame, x: number, y: number): number {
  return (((x - frame.x) * frame.ex + (y - frame.y) * frame.ey) / frame.pixel) * frame.flip + frame.cols / 2 - 0.5;
}

/** Crop row of a picture position. */
export function cropRow(frame: CropFrame, x: number, y: number): number {
  return ((y - frame.y) * frame.ex - (x - frame.x) * frame.ey) / frame.pixel + frame.rows / 2 - 0.5;
}

/** Picture x of a crop position. */
export function pictureX(frame: CropFrame, column: number, row: number): number {
  const p = (column + 0.5 - frame.cols / 2) * frame.flip;
  return frame.x + frame.pixel * (p * frame.ex - (row + 0.5 - frame.rows / 2) * frame.ey);
}

/** Picture y of a crop position. */
export function pictureY(frame: CropFrame, column: number, row: number): number {
  const p = (column + 0.5 - frame.cols / 2) * frame.flip;
  return frame.y + frame.pixel * (p * frame.ey + (row + 0.5 - frame.rows / 2) * frame.ex);
}

/** Moves the crop by `dx`, `dy` crop pixels along its own axes. */
export function moveCropFrame(frame: CropFrame, dx: number, dy: number): void {
  const p = dx * frame.pixel * frame.flip;
  const q = dy * frame.pixel;
  frame.x += p * frame.ex - q * frame.ey;
  frame.y += p * frame.ey + q * frame.ex;
}

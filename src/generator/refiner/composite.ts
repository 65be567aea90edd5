import type { Frame } from '../../core/frame.js';
import type { Grain } from '../grain.js';
import { between } from '../../geometry/plane.js';
import { luma } from '../palette.js';
import { samplePixel } from '../../geometry/sample-pixel.js';
import type { Controls } from './controls.js';
import { cropBox } from './crop-box.js';
import { cropColumn, cropRow, pictureX, pictureY, type CropFrame } from './crop-frame.js';
import { applyGrade, type Grade } from './grade.js';
import type { Patch } from './sample-crop.js';

/** Redrawing that changes no pixel by a level isn't worth the samples. */
const UNSEEN = 1 / 512;
/** Samples of the driver across one pixel of the portrait, at most. */
const MAX_SUBSAMPLES = 3;

/** The driver's picture where a crop lies in it, and how its colours become the portrait's. */
export interface LentPicture {
  readonly picture: Frame;
  readonly frame: CropFrame;
  readonly grade: Grade;
  /** Portrait grain that the driver's pixels lack, and the tone from which on it is at full strength (0..255). */
  readonly grain: Grain;
  readonly grainShare: number;
  readonly skin: number;
}

/**
 * Applies a crop's controls to the picture at its own resolution, in place:
 *
 *     base   = (1 - c) * ((1 - p) * draft + p * warp) + c * driver
 *     result = (1 - alpha) * draft + alpha * (gain * base + residual)
 *
 * Controls are read between their pixels; pictures are read where they are sharp. Outside the crop nothing changes.
 *
 * @param frame - where the crop lies in `out`.
 * @param warped - the photo through the flow, at least `cropBox(frame)`.
 * @param driver - absent: `c` counts as 0.
 * @param out - holds the draft; takes the result.
 */
export function compositeCrop({ rows, cols, masks, tones }: Controls, frame: CropFrame, warped: Patch, driver: LentPicture | undefined, out: Frame): void {
  const box = cropBox(frame, out.width, out.height);
  const columnStep = (frame.flip * frame.ex) / frame.pixel;
  const rowStep = -frame.ey / frame.pixel;
  const halfCols = cols / 2;
  const halfRows = rows / 2;
  const { data } = out;
  const lender = driver && new Lender(driver, frame);
  for (let y = box.y; y < box.y + box.height; y++) {
    let column = cropColumn(frame, box.x, y);
    let row = cropRow(frame, box.x, y);
    for (let x = box.x; x < box.x + box.width; x++, column += columnStep, row += rowStep) {
      if (column < 0 || row < 0 || column > cols - 1 || row > rows - 1) continue;
      const i = Math.min(cols - 2, column | 0);
      const j = Math.min(rows - 2, row | 0);
      const m = (j * cols + i) * 3;
      const fx = column - i;
      const fy = row - j;
      const alpha = between(masks, m, 3, cols * 3, fx, fy);
      if (alpha < UNSEEN) continue;
      const back = between(masks, m + 1, 3, cols * 3, fx, fy);
      const choice = lender ? between(masks, m + 2, 3, cols * 3, fx, fy) : 0;

      const tx = Math.min(halfCols - 1, Math.max(0, (column + 0.5) / 2 - 0.5));
      const ty = Math.min(halfRows - 1, Math.max(0, (row + 0.5) / 2 - 0.5));
      const ti = Math.min(halfCols - 2, tx | 0);
      const tj = Math.min(halfRows - 2, ty | 0);
      const t = (tj * halfCols + ti) * 6;

      const p = (y * out.width + x) * 4;
      const q = ((y - warped.top) * warped.width + x - warped.left) * 4;
      const lends = choice > UNSEEN;
      if (lends) lender!.sample(x, y, lent);
      for (let k = 0; k < 3; k++) {
        const draft = data[p + k]!;
        const kept = draft + back * (warped.data[q + k]! - draft);
        const base = lends ? kept + choice * (lent[k]! - kept) : kept;
        const residual = between(tones, t + k, 6, halfCols * 6, tx - ti, ty - tj) * 255;
        const gain = between(tones, t + 3 + k, 6, halfCols * 6, tx - ti, ty - tj);
        // The array rounds and clips.
        data[p + k] = draft + alpha * (gain * base + residual - draft);
      }
    }
  }
}

const lent = new Float32Array(3);

/** The driver's picture at the portrait's pixels: both crops show the same, so one affine map leads from one to the other. */
class Lender {
  readonly #lent: LentPicture;
  /** Driver pixels per step of a portrait pixel to the right and down, and where the portrait's (0, 0) lies. */
  readonly #xx: number;
  readonly #yx: number;
  readonly #xy: number;
  readonly #yy: number;
  readonly #x0: number;
  readonly #y0: number;
  readonly #subsamples: number;
  readonly #rgb = [0, 0, 0];

  constructor(driver: LentPicture, own: CropFrame) {
    const at = (x: number, y: number): readonly [number, number] => {
      const [column, row] = [cropColumn(own, x, y), cropRow(own, x, y)];
      return [pictureX(driver.frame, column, row), pictureY(driver.frame, column, row)];
    };
    const [origin, right, down] = [at(0, 0), at(1, 0), at(0, 1)];
    this.#lent = driver;
    this.#x0 = origin[0];
    this.#y0 = origin[1];
    this.#xx = right[0] - origin[0];
    this.#yx = right[1] - origin[1];
    this.#xy = down[0] - origin[0];
    this.#yy = down[1] - origin[1];
    this.#subsamples = Math.min(MAX_SUBSAMPLES, Math.max(1, Math.round(driver.frame.pixel / own.pixel)));
  }

  /** Graded RGB (0..255) with grain, averaged over about a pixel of the portrait. */
  sample(x: number, y: number, out: Float32Array): void {
    const { picture, grade, grain, grainShare, skin } = this.#lent;
    const k = this.#subsamples;
    const rgb = this.#rgb;
    out.fill(0);
    for (let v = 0; v < k; v++) {
      const atY = y + (v + 0.5) / k - 0.5;
      for (let u = 0; u < k; u++) {
        const atX = x + (u + 0.5) / k - 0.5;
        samplePixel(picture, this.#x0 + atX * this.#xx + atY * this.#xy, this.#y0 + atX * this.#yx + atY * this.#yy, rgb);
        for (let c = 0; c < 3; c++) out[c]! += rgb[c]! / (k * k * 255);
      }
    }
    applyGrade(grade, out, 0, 3);
    const tone = luma(out[0]!, out[1]!, out[2]!) * 255;
    const light = grainShare === 0 ? 0 : grain.at(x, y) * grainShare * Math.min(1, tone / skin);
    for (let c = 0; c < 3; c++) out[c] = out[c]! * 255 + light;
  }
}

import type { Frame } from '../core/frame.js';
import type { FlowField } from '../geometry/flow-field.js';

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

/** A cell this close to the identity is copied, not interpolated (pixels). */
const AT_REST = 1 / 64;

/**
 * Applies a backward flow to `source` at its native resolution: bilinear in the flow and in the picture.
 * Positions outside the source take its nearest edge pixel. Writes only the field's rectangle of `out`.
 */
export function sampleFlow(source: Frame, field: FlowField, out: Frame, gains?: GainMap): void {
  const { width, height } = source;
  const src = source.data;
  const dst = out.data;
  const src32 = new Uint32Array(src.buffer, src.byteOffset, width * height);
  const dst32 = new Uint32Array(dst.buffer, dst.byteOffset, out.width * out.height);
  const { cols, rows, step, x: fx, y: fy } = field;
  const inv = 1 / step;
  const left = Math.max(0, field.originX);
  const top = Math.max(0, field.originY);
  const right = Math.min(out.width, Math.floor(field.originX + cols * step));
  const bottom = Math.min(out.height, Math.floor(field.originY + rows * step));
  const maxX = width - 1;
  const maxY = height - 1;
  const gain = gains?.gain;
  const gainInv = gains ? 1 / gains.step : 0;
  for (let y = top; y < bottom; y++) {
    const gy = Math.min(rows - 1, Math.max(0, (y - field.originY + 0.5) * inv - 0.5));
    const j = Math.min(rows - 2, gy | 0);
    const ty = gy - j;
    const row = j * cols;
    let o = y * out.width + left;
    for (let x = left; x < right; x++, o++) {
      const gx = Math.min(cols - 1, Math.max(0, (x - field.originX + 0.5) * inv - 0.5));
      const i = Math.min(cols - 2, gx | 0);
      const tx = gx - i;
      const c = row + i;
      let a = fx[c]!;
      let b = fx[c + cols]!;
      a += (fx[c + 1]! - a) * tx;
      b += (fx[c + cols + 1]! - b) * tx;
      let sx = a + (b - a) * ty;
      a = fy[c]!;
      b = fy[c + cols]!;
      a += (fy[c + 1]! - a) * tx;
      b += (fy[c + cols + 1]! - b) * tx;
      let sy = a + (b - a) * ty;
      let factor = 256;
      if (gain !== undefined) {
        const mx = (sx - gains!.originX) * gainInv;
        const my = (sy - gains!.originY) * gainInv;
        if (mx >= 0 && my >= 0 && mx < gains!.cols - 1 && my < gains!.rows - 1) {
          const mi = mx | 0;
          const mj = my | 0;
          const g = mj * gains!.cols + mi;
          const u = gain[g]! + (gain[g + 1]! - gain[g]!) * (mx - mi);
          const v = gain[g + gains!.cols]! + (gain[g + gains!.cols + 1]! - gain[g + gains!.cols]!) * (mx - mi);
          factor = ((u + (v - u) * (my - mj)) * 256 + 0.5) | 0;
        }
      }
      const ddx = sx - x;
      const ddy = sy - y;
      if (factor === 256 && ddx < AT_REST && ddx > -AT_REST && ddy < AT_REST && ddy > -AT_REST) {
        if (x < width && y < height) {
          dst32[o] = src32[y * width + x]!;
          continue;
        }
      }
      if (sx < 0) sx = 0;
      else if (sx > maxX) sx = maxX;
      if (sy < 0) sy = 0;
      else if (sy > maxY) sy = maxY;
      const ix = sx | 0;
      const iy = sy | 0;
      const wx = ((sx - ix) * 256) | 0;
      const wy = ((sy - iy) * 256) | 0;
      const p = (iy * width + ix) << 2;
      const q = ix < maxX ? p + 4 : p;
      const down = iy < maxY ? width << 2 : 0;
      const w11 = wx * wy;
      const w10 = (wx << 8) - w11;
      const w01 = (wy << 8) - w11;
      const w00 = 65536 - (wx << 8) - (wy << 8) + w11;
      const d = o << 2;
      const r = (src[p]! * w00 + src[q]! * w10 + src[p + down]! * w01 + src[q + down]! * w11 + 32768) >> 16;
      const g = (src[p + 1]! * w00 + src[q + 1]! * w10 + src[p + down + 1]! * w01 + src[q + down + 1]! * w11 + 32768) >> 16;
      const e = (src[p + 2]! * w00 + src[q + 2]! * w10 + src[p + down + 2]! * w01 + src[q + down + 2]! * w11 + 32768) >> 16;
      if (factor === 256) {
        dst32[o] = 0xff000000 | (e << 16) | (g << 8) | r;
      } else {
        dst[d] = (r * factor) >> 8;
        dst[d + 1] = (g * factor) >> 8;
        dst[d + 2] = (e * factor) >> 8;
        dst[d + 3] = 255;
      }
    }
  }
}

/** Multiplies the field's rectangle of `out` by the factors at its source positions: for samplers that don't know gains. */
export function applyGains(field: FlowField, gains: GainMap, out: Frame): void {
  const { cols, rows, step, x: fx, y: fy } = field;
  const right = Math.min(out.width, Math.floor(field.originX + cols * step));
  const bottom = Math.min(out.height, Math.floor(field.originY + rows * step));
  for (let y = Math.max(0, field.originY); y < bottom; y++) {
    const j = Math.min(rows - 1, ((y - field.originY) / step) | 0);
    for (let x = Math.max(0, field.originX); x < right; x++) {
      const c = j * cols + Math.min(cols - 1, ((x - field.originX) / step) | 0);
      const i = Math.round((fx[c]! - gains.originX) / gains.step);
      const k = Math.round((fy[c]! - gains.originY) / gains.step);
      if (i < 0 || k < 0 || i >= gains.cols || k >= gains.rows) continue;
      const factor = gains.gain[k * gains.cols + i]!;
      if (factor === 1) continue;
      const o = (y * out.width + x) * 4;
      for (let q = 0; q < 3; q++) out.data[o + q] = out.data[o + q]! * factor;
    }
  }
}

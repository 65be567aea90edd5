import type { Frame } from '../../core/frame.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { cellsAt, flowPixels } from './flow-pixels.js';
import { type GainMap, quantiseGains, UNIT } from './gain-map.js';

/** A pixel whose source is this close to itself is copied, not interpolated (pixels). */
export const AT_REST = 1 / 64;

/** Applies one backward flow to one picture. */
export interface FlowSampler {
  /**
   * Writes the field's rectangle of `out` at native resolution: bilinear in the flow as it is now, and in the picture. Positions outside
   * the source take its nearest edge pixel.
   *
   * @param out - of the source's size.
   */
  draw(out: Frame, gains?: GainMap): void;
}

/** The sampler in plain TypeScript; to the last bit what {@link createKernelSampler} computes. */
export function createPlainSampler(source: Frame, field: FlowField): FlowSampler {
  const { width, height } = source;
  const { originY, cols, rows, step, x: fx, y: fy } = field;
  const { left, top, right, bottom, cell, towards } = flowPixels(field, width, height);
  /** The flow in one row of pixels, at the columns of cells. */
  const rowX = new Float64Array(cols);
  const rowY = new Float64Array(cols);
  /** Of the map, and of one pixel. */
  let factors = new Int32Array(0);
  const factor = Int32Array.of(UNIT, UNIT, UNIT);
  return {
    draw(out, gains) {
      const from = new Int32Array(source.data.buffer, source.data.byteOffset, width * height);
      const to = new Int32Array(out.data.buffer, out.data.byteOffset, width * height);
      if (gains && factors.length !== gains.gain.length) factors = new Int32Array(gains.gain.length);
      if (gains) quantiseGains(gains, factors);
      for (let y = top; y < bottom; y++) {
        const at = cellsAt(y - originY, step, rows);
        const j = Math.min(rows - 2, at | 0);
        const below = at - j;
        for (let i = 0, c = j * cols; i < cols; i++, c++) {
          rowX[i] = fx[c]! + (fx[c + cols]! - fx[c]!) * below;
          rowY[i] = fy[c]! + (fy[c + cols]! - fy[c]!) * below;
        }
        drawRow(from, to, y, gains);
      }
    },
  };

  function drawRow(from: Int32Array, to: Int32Array, y: number, gains: GainMap | undefined): void {
    const maxX = width - 1;
    const maxY = height - 1;
    for (let x = left, o = y * width + left, k = 0; x < right; x++, o++, k++) {
      const i = cell[k]!;
      const t = towards[k]!;
      let sx = rowX[i]! + (rowX[i + 1]! - rowX[i]!) * t;
      let sy = rowY[i]! + (rowY[i + 1]! - rowY[i]!) * t;
      const plain = gains === undefined || !factorAt(gains, factors, sx, sy, factor);
      const dx = sx - x;
      const dy = sy - y;
      if (plain && dx < AT_REST && dx > -AT_REST && dy < AT_REST && dy > -AT_REST) {
        to[o] = from[o]!;
        continue;
      }
      sx = sx < 0 ? 0 : sx > maxX ? maxX : sx;
      sy = sy < 0 ? 0 : sy > maxY ? maxY : sy;
      const ix = sx | 0;
      const iy = sy | 0;
      const wx = ((sx - ix) * 256) | 0;
      const wy = ((sy - iy) * 256) | 0;
      const p = iy * width + ix;
      const q = ix < maxX ? p + 1 : p;
      const down = iy < maxY ? width : 0;
      const a = from[p]!;
      const b = from[q]!;
      const c = from[p + down]!;
      const d = from[q + down]!;
      // Red and blue are mixed along x in one go: 16 bits are room enough for each.
      const vx = 256 - wx;
      const vy = 256 - wy;
      const upper = Math.imul(a & 0xff00ff, vx) + Math.imul(b & 0xff00ff, wx);
      const lower = Math.imul(c & 0xff00ff, vx) + Math.imul(d & 0xff00ff, wx);
      const upperGreen = Math.imul((a >>> 8) & 255, vx) + Math.imul((b >>> 8) & 255, wx);
      const lowerGreen = Math.imul((c >>> 8) & 255, vx) + Math.imul((d >>> 8) & 255, wx);
      let red = (Math.imul(upper & 0xffff, vy) + Math.imul(lower & 0xffff, wy) + 32768) >> 16;
      let green = (Math.imul(upperGreen, vy) + Math.imul(lowerGreen, wy) + 32768) >> 16;
      let blue = (Math.imul(upper >>> 16, vy) + Math.imul(lower >>> 16, wy) + 32768) >> 16;
      if (!plain) {
        red = Math.min(255, (red * factor[0]! + UNIT / 2) >> 12);
        green = Math.min(255, (green * factor[1]! + UNIT / 2) >> 12);
        blue = Math.min(255, (blue * factor[2]! + UNIT / 2) >> 12);
      }
      to[o] = 0xff000000 | (blue << 16) | (green << 8) | red;
    }
  }
}

/** Writes the factors of red, green and blue at a source position, in units. Returns whether one of them changes anything. */
function factorAt({ cols, rows, step, originX, originY }: GainMap, factors: Int32Array, x: number, y: number, out: Int32Array): boolean {
  const inv = 1 / step;
  const mx = (x - originX) * inv;
  const my = (y - originY) * inv;
  if (!(mx >= 0 && my >= 0 && mx < cols - 1 && my < rows - 1)) return false;
  const i = mx | 0;
  const j = my | 0;
  const wx = ((mx - i) * 256) | 0;
  const wy = ((my - j) * 256) | 0;
  const down = cols * 4;
  for (let k = 0, g = (j * cols + i) * 4; k < 3; k++, g++) {
    const above = factors[g]! * 256 + (factors[g + 4]! - factors[g]!) * wx;
    const below = factors[g + down]! * 256 + (factors[g + down + 4]! - factors[g + down]!) * wx;
    out[k] = (above * 256 + (below - above) * wy + 32768) >> 16;
  }
  return out[0] !== UNIT || out[1] !== UNIT || out[2] !== UNIT;
}

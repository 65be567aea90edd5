import type { FlowField } from '../../geometry/flow-field.js';
import { between } from '../../geometry/plane.js';
import { cropColumn, cropRow, pictureX, pictureY, type CropFrame } from './crop-frame.js';

/** Source area per target area below which nothing of the source is there, and from which on all is. */
const NOTHING = 0.1;
const ALL = 0.5;

/**
 * How much of the source really lies under each crop pixel, 0..1: the determinant of the flow's derivative, both sides measured in
 * crop pixels. Nothing where a closed mouth is pulled open or a fold turned over, nothing from beyond the picture.
 */
export class Validity {
  readonly #column: Float32Array;
  readonly #row: Float32Array;
  readonly #known: Uint8Array;

  constructor(size: { readonly cols: number; readonly rows: number }) {
    const n = size.cols * size.rows;
    this.#column = new Float32Array(n);
    this.#row = new Float32Array(n);
    this.#known = new Uint8Array(n);
  }

  /**
   * @param source - the source's own crop.
   * @param width - of the source picture, pixels.
   * @param height - of the source picture, pixels.
   * @param out - `[rows, cols, stride]`; `channel` is written.
   */
  draw(flow: FlowField, target: CropFrame, source: CropFrame, width: number, height: number, out: Float32Array, channel: number, stride: number): void {
    const { cols, rows } = target;
    const column = this.#column;
    const row = this.#row;
    for (let j = 0, o = 0; j < rows; j++) {
      for (let i = 0; i < cols; i++, o++) {
        const px = pictureX(target, i, j);
        const py = pictureY(target, i, j);
        const gx = (px - flow.originX + 0.5) / flow.step - 0.5;
        const gy = (py - flow.originY + 0.5) / flow.step - 0.5;
        let sx = px;
        let sy = py;
        // Where the flow's rectangle ends, nothing moves.
        if (gx > -0.5 && gy > -0.5 && gx < flow.cols - 0.5 && gy < flow.rows - 0.5) {
          const cx = Math.min(flow.cols - 1.001, Math.max(0, gx));
          const cy = Math.min(flow.rows - 1.001, Math.max(0, gy));
          const c = (cy | 0) * flow.cols + (cx | 0);
          sx = between(flow.x, c, 1, flow.cols, cx - (cx | 0), cy - (cy | 0));
          sy = between(flow.y, c, 1, flow.cols, cx - (cx | 0), cy - (cy | 0));
        }
        column[o] = cropColumn(source, sx, sy);
        row[o] = cropRow(source, sx, sy);
        this.#known[o] = sx >= -0.5 && sy >= -0.5 && sx <= width - 0.5 && sy <= height - 0.5 ? 1 : 0;
      }
    }
    for (let j = 0, o = 0, p = channel; j < rows; j++) {
      for (let i = 0; i < cols; i++, o++, p += stride) {
        const l = i > 0 ? o - 1 : o;
        const r = i < cols - 1 ? o + 1 : o;
        const u = j > 0 ? o - cols : o;
        const d = j < rows - 1 ? o + cols : o;
        const across = r - l;
        const down = (d - u) / cols;
        const area = ((column[r]! - column[l]!) * (row[d]! - row[u]!) - (row[r]! - row[l]!) * (column[d]! - column[u]!)) / (across * down);
        out[p] = this.#known[o]! * Math.min(1, Math.max(0, (area - NOTHING) / (ALL - NOTHING)));
      }
    }
  }
}

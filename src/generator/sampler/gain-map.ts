import type { Frame } from '../../core/frame.js';
import type { FlowField } from '../../geometry/flow-field.js';

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

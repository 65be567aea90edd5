import type { Frame } from '../../core/frame.js';
import type { FlowField } from '../../geometry/flow-field.js';

/** Neighbouring cells whose sources lie this many cells further apart than they should are different surfaces. */
const JUMP = 4;

/**
 * Smooths the stair steps where one surface hides another (a turned cheek before hair): each pixel along the break becomes the
 * mean of its neighbours across it.
 */
export function softenSilhouettes(field: FlowField, out: Frame): void {
  const { cols, rows, step, x, y } = field;
  const limit = JUMP * step;
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0, c = j * cols; i + 1 < cols; i++, c++) {
      const across = Math.abs(x[c + 1]! - x[c]! - step) + Math.abs(y[c + 1]! - y[c]!);
      const down = Math.abs(x[c + cols]! - x[c]!) + Math.abs(y[c + cols]! - y[c]! - step);
      if (across <= limit && down <= limit) continue;
      const px = Math.round(field.originX + (i + 1) * step - 0.5);
      const py = Math.round(field.originY + (j + 1) * step - 0.5);
      if (across > limit) average(out, px, py, 1, 0);
      if (down > limit) average(out, px, py, 0, 1);
    }
  }
}

/** The pixel and the one before it across the break move towards each other. */
function average(out: Frame, x: number, y: number, dx: number, dy: number): void {
  if (x < 2 || y < 2 || x >= out.width - 2 || y >= out.height - 2) return;
  const o = (y * out.width + x) * 4;
  const back = (dy * out.width + dx) * 4;
  const { data } = out;
  for (let k = 0; k < 3; k++) {
    const mean = (data[o - back + k]! + data[o + k]!) / 2;
    data[o - back + k] = (data[o - 2 * back + k]! + data[o - back + k]! + mean) / 3;
    data[o + k] = (data[o + back + k]! + data[o + k]! + mean) / 3;
  }
}

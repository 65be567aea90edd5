import type { FlowField } from '../../geometry/flow-field.js';

/** A flow field in the pixels of an output. */
export interface FlowPixels {
  /** The field's rectangle of the output, pixels; `right` and `bottom` exclusive. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** `[right - left]`: cell left of each column of pixels, and how far that lies towards the next one, 0..1. */
  readonly cell: Int32Array;
  readonly towards: Float64Array;
}

/** Finds the pixels of an output of `width` x `height` under a field. */
export function flowPixels(field: FlowField, width: number, height: number): FlowPixels {
  const { originX, originY, cols, rows, step } = field;
  const left = Math.max(0, originX);
  const right = Math.max(left, Math.min(width, Math.floor(originX + cols * step)));
  const cell = new Int32Array(right - left);
  const towards = new Float64Array(right - left);
  for (let k = 0; k < cell.length; k++) {
    const at = cellsAt(left + k - originX, step, cols);
    cell[k] = Math.min(cols - 2, at | 0);
    towards[k] = at - cell[k]!;
  }
  return { left, top: Math.max(0, originY), right, bottom: Math.min(height, Math.floor(originY + rows * step)), cell, towards };
}

/**
 * Where a pixel lies on an axis of cells, from the first cell's centre to the last one's.
 *
 * @param offset - pixels from the field's origin.
 */
export function cellsAt(offset: number, step: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, (offset + 0.5) * (1 / step) - 0.5));
}

/**
 * Dense backward flow: for every cell the source pixel that belongs there.
 *
 * Cell `(i, j)` sits at output pixel `(originX + (i + 0.5) * step - 0.5, originY + (j + 0.5) * step - 0.5)`.
 */
export interface FlowField {
  /** Output pixels. */
  readonly originX: number;
  /** Output pixels. */
  readonly originY: number;
  /** Output pixels per cell, >= 1. */
  readonly step: number;
  readonly cols: number;
  readonly rows: number;
  /** `[rows, cols]` source x in pixels. */
  readonly x: Float32Array;
  /** `[rows, cols]` source y in pixels. */
  readonly y: Float32Array;
}

/** A flow field over `width` x `height` output pixels from `(originX, originY)`, at the identity. */
export function createFlowField(originX: number, originY: number, width: number, height: number, step: number): FlowField {
  const cols = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const field = { originX, originY, step, cols, rows, x: new Float32Array(cols * rows), y: new Float32Array(cols * rows) };
  resetFlow(field);
  return field;
}

/** Every cell points at itself. */
export function resetFlow(field: FlowField): void {
  const { cols, rows, step, x, y } = field;
  let o = 0;
  for (let j = 0; j < rows; j++) {
    const cy = field.originY + (j + 0.5) * step - 0.5;
    for (let i = 0; i < cols; i++, o++) {
      x[o] = field.originX + (i + 0.5) * step - 0.5;
      y[o] = cy;
    }
  }
}

import type { FlowField } from '../../src/geometry/flow-field.js';

/** A picture with edges, gradients and a repeatable noise, `[height, width, 4]`. */
export function testPicture(width: number, height: number): { data: Uint8ClampedArray; width: number; height: number } {
  const data = new Uint8ClampedArray(width * height * 4);
  let seed = 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const o = (y * width + x) * 4;
      data[o] = (x * 255) / (width - 1);
      data[o + 1] = (x >> 3) + (y >> 3) & 1 ? 230 : 20;
      data[o + 2] = seed >>> 24;
      data[o + 3] = 255;
    }
  }
  return { data, width, height };
}

/** A swirl that also reaches beyond all four edges of the picture. */
export function testFlow(width: number, height: number, step: number, phase = 0): FlowField {
  const cols = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const x = new Float32Array(cols * rows);
  const y = new Float32Array(cols * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++) {
      x[j * cols + i] = (i + 0.5) * step - 0.5 + 6 * Math.sin(j / 3 + phase) - 3;
      y[j * cols + i] = (j + 0.5) * step - 0.5 + 6 * Math.cos(i / 4 + phase) + 2;
    }
  }
  return { originX: 0, originY: 0, step, cols, rows, x, y };
}

/** The definition of the warp, one number at a time in double precision: bilinear flow, bilinear picture, clamped to the edge. */
export function referenceWarp(picture: { data: Uint8ClampedArray; width: number; height: number }, field: FlowField, width: number, height: number): Float64Array {
  const out = new Float64Array(width * height * 4);
  const read = (values: (x: number, y: number) => number, w: number, h: number, px: number, py: number): number => {
    const x = Math.min(w - 1, Math.max(0, px));
    const y = Math.min(h - 1, Math.max(0, py));
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const x1 = Math.min(w - 1, x0 + 1);
    const y1 = Math.min(h - 1, y0 + 1);
    const top = values(x0, y0) + (values(x1, y0) - values(x0, y0)) * (x - x0);
    const bottom = values(x0, y1) + (values(x1, y1) - values(x0, y1)) * (x - x0);
    return top + (bottom - top) * (y - y0);
  };
  const { cols, rows, step } = field;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const gx = (x - field.originX + 0.5) / step - 0.5;
      const gy = (y - field.originY + 0.5) / step - 0.5;
      const sx = read((i, j) => field.x[j * cols + i]!, cols, rows, gx, gy);
      const sy = read((i, j) => field.y[j * cols + i]!, cols, rows, gx, gy);
      for (let c = 0; c < 4; c++) {
        out[(y * width + x) * 4 + c] = read((i, j) => picture.data[(j * picture.width + i) * 4 + c]!, picture.width, picture.height, sx, sy);
      }
    }
  }
  return out;
}

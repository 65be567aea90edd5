import { type KernelMemory, KernelLayout, startKernel } from '../../core/kernel.js';
import { DITHER, DITHER_SIDE } from './add-pattern.js';
import { ADD_ROW } from './add-row.wasm.js';
import { STRENGTH_CELL } from './strength.js';

/** See add-row.wat. */
interface AddRow {
  readonly memory: KernelMemory;
  addRow(pixels: number, end: number, pattern: number, strength: number, thresholds: number): void;
}

/** Adds one pattern to pictures of one size, as {@link addPattern} does. */
export type PatternAdder = (data: Uint8ClampedArray, strength: Uint8Array) => void;

/**
 * `addPattern` as a WebAssembly kernel: more than ten times as fast (docs/performance.md). It keeps a copy of the pattern.
 *
 * @param pattern - `[height, width]`.
 * @returns `undefined` where kernels can't run.
 */
export function createKernelAdder(width: number, height: number, pattern: Int8Array): PatternAdder | undefined {
  const columns = Math.ceil(width / STRENGTH_CELL);
  const rows = Math.ceil(height / STRENGTH_CELL);
  const stride = columns * STRENGTH_CELL;
  const layout = new KernelLayout();
  const pixelsAt = layout.take(stride * 4);
  const patternAt = layout.take(stride * height);
  const strengthAt = layout.take(columns * rows);
  const thresholdsAt = layout.take(DITHER.byteLength);
  const kernel = startKernel<AddRow>(ADD_ROW, layout.bytes);
  if (kernel === undefined) return undefined;
  const memory = kernel.memory.buffer;
  const row = new Uint8ClampedArray(memory, pixelsAt, width * 4);
  const cells = new Uint8Array(memory, strengthAt, columns * rows);
  const laid = new Int8Array(memory, patternAt, stride * height);
  for (let y = 0; y < height; y++) laid.set(pattern.subarray(y * width, (y + 1) * width), y * stride);
  new Int16Array(memory, thresholdsAt, DITHER.length).set(DITHER);
  return (data, strength) => {
    cells.set(strength);
    for (let y = 0; y < height; y++) {
      const at = y * width * 4;
      row.set(data.subarray(at, at + width * 4));
      const cellRow = strengthAt + Math.floor(y / STRENGTH_CELL) * columns;
      kernel.addRow(pixelsAt, pixelsAt + width * 4, patternAt + y * stride, cellRow, thresholdsAt + (y % DITHER_SIDE) * DITHER_SIDE * 2);
      data.set(row, at);
    }
  };
}

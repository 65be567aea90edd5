import type { Frame } from '../../core/frame.js';
import { type KernelMemory, KernelLayout, startKernel } from '../../core/kernel.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { cellsAt, flowPixels } from './flow-pixels.js';
import { type GainMap, quantiseGains } from './gain-map.js';
import { AT_REST, type FlowSampler } from './plain.js';
import { SAMPLE_ROW } from './sample-row.wasm.js';

interface Setting {
  value: number;
}

/** See sample-row.wat. */
interface SampleRow {
  readonly memory: KernelMemory;
  readonly source: Setting;
  readonly stride: Setting;
  readonly maxX: Setting;
  readonly maxY: Setting;
  readonly atRest: Setting;
  readonly columns: Setting;
  readonly pixels: Setting;
  readonly places: Setting;
  readonly out: Setting;
  readonly gain: Setting;
  readonly gainX: Setting;
  readonly gainY: Setting;
  readonly gainInverse: Setting;
  readonly gainColumns: Setting;
  readonly gainRows: Setting;
  row(x: number, y: number, count: number, flowX: number, flowY: number, below: number, gained: number): void;
}

/** Cells of the largest gain map: a face seven times as high as wide. */
const GAIN_CELLS = 98304;

/**
 * The sampler as a WebAssembly kernel: more than twice as fast (docs/performance.md). It holds a copy of the picture.
 *
 * @returns `undefined` where kernels can't run.
 */
export function createKernelSampler(source: Frame, field: FlowField): FlowSampler | undefined {
  const { width, height } = source;
  const { originY, cols, rows, step } = field;
  const { left, top, right, bottom, cell, towards } = flowPixels(field, width, height);
  const count = right - left;
  const layout = new KernelLayout();
  // A column and a row more than the picture has, so that a pixel's right and lower neighbours are always there.
  const stride = (width + 1) * 4;
  const picture = layout.take(stride * (height + 1));
  const pixels = layout.take(count * 16);
  const places = layout.take((cols + 1) * 16);
  const flowX = layout.take((rows + 1) * cols * 4);
  const flowY = layout.take((rows + 1) * cols * 4);
  const gain = layout.take(GAIN_CELLS * 16);
  const out = layout.take(count * 4);
  const kernel = startKernel<SampleRow>(SAMPLE_ROW, layout.bytes);
  if (kernel === undefined || count === 0) return undefined;
  const memory = kernel.memory.buffer;
  copyPadded(source, new Uint8Array(memory, picture, stride * (height + 1)));
  const cellOfPixel = new Int32Array(memory, pixels, count * 4);
  const towardsOfPixel = new Float64Array(memory, pixels, count * 2);
  for (let k = 0; k < count; k++) {
    cellOfPixel[k * 4] = cell[k]! * 16;
    towardsOfPixel[k * 2 + 1] = towards[k]!;
  }
  const settings = { source: picture, stride, maxX: width - 1, maxY: height - 1, atRest: AT_REST, columns: cols, pixels, places, out, gain } as const;
  for (const [name, value] of Object.entries(settings)) kernel[name as keyof typeof settings].value = value;
  const cellsX = new Float32Array(memory, flowX, rows * cols);
  const cellsY = new Float32Array(memory, flowY, rows * cols);
  const gains = new Int32Array(memory, gain, GAIN_CELLS * 4);
  const row = new Uint8ClampedArray(memory, out, count * 4);
  return {
    draw(frame, map) {
      cellsX.set(field.x);
      cellsY.set(field.y);
      if (map) setGains(kernel, gains, map);
      for (let y = top; y < bottom; y++) {
        const at = cellsAt(y - originY, step, rows);
        const j = Math.min(rows - 2, at | 0);
        const above = j * cols * 4;
        kernel.row(left, y, count, flowX + above, flowY + above, at - j, map ? 1 : 0);
        frame.data.set(row, (y * width + left) * 4);
      }
    },
  };
}

function setGains(kernel: SampleRow, memory: Int32Array, map: GainMap): void {
  const { originX, originY, step, cols, rows } = map;
  if (map.gain.length > memory.length) throw new RangeError(`Expected at most ${GAIN_CELLS} cells of gains but there are ${cols} x ${rows}.`);
  quantiseGains(map, memory);
  kernel.gainX.value = originX;
  kernel.gainY.value = originY;
  kernel.gainInverse.value = 1 / step;
  kernel.gainColumns.value = cols;
  kernel.gainRows.value = rows;
}

/** Copies a picture, with its last column and its last row twice. */
function copyPadded({ data, width, height }: Frame, to: Uint8Array): void {
  const bytes = width * 4;
  for (let y = 0; y <= height; y++) {
    const line = data.subarray(Math.min(y, height - 1) * bytes, Math.min(y + 1, height) * bytes);
    to.set(line, y * (bytes + 4));
    to.set(line.subarray(bytes - 4), y * (bytes + 4) + bytes);
  }
}

import type { Box, Frame } from '../../core/frame.js';

/** How a network wants its picture. */
export interface InputLayout {
  /** Pixels, square. */
  readonly side: number;
  /** `[1, 3, side, side]` or `[1, side, side, 3]`. */
  readonly order: 'nchw' | 'nhwc';
  readonly channels: 'rgb' | 'bgr';
  /** Of the network's channels, on 0..1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Cuts `region` (whole pixels; black outside the picture) and scales it as OpenCV's `INTER_LINEAR` does: half-pixel centres,
 * no smoothing.
 *
 * @returns `[3 * side * side]` in the layout's order, `(value / 255 - mean) / std`
 */
export function toTensorInput(frame: Frame, region: Box, { side, order, channels, mean, std }: InputLayout): Float32Array {
  const out = new Float32Array(3 * side * side);
  const step = region.width / side;
  for (let y = 0; y < side; y++) {
    const sourceY = clamp((y + 0.5) * step - 0.5, region.height - 1);
    const y0 = Math.floor(sourceY);
    const y1 = Math.min(y0 + 1, region.height - 1);
    for (let x = 0; x < side; x++) {
      const sourceX = clamp((x + 0.5) * step - 0.5, region.width - 1);
      const x0 = Math.floor(sourceX);
      const x1 = Math.min(x0 + 1, region.width - 1);
      for (let c = 0; c < 3; c++) {
        const channel = channels === 'rgb' ? c : 2 - c;
        const top = mix(pixel(frame, region.x + x0, region.y + y0, channel), pixel(frame, region.x + x1, region.y + y0, channel), sourceX - x0);
        const bottom = mix(pixel(frame, region.x + x0, region.y + y1, channel), pixel(frame, region.x + x1, region.y + y1, channel), sourceX - x0);
        const value = (mix(top, bottom, sourceY - y0) / 255 - mean[c]!) / std[c]!;
        out[order === 'nchw' ? (c * side + y) * side + x : (y * side + x) * 3 + c] = value;
      }
    }
  }
  return out;
}

function pixel({ data, width, height }: Frame, x: number, y: number, channel: number): number {
  return x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 4 + channel]!;
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part;
}

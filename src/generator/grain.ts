import type { Frame } from '../core/frame.js';
import { faceWidth } from '../geometry/face-bounds.js';
import { luma } from './palette.js';

/** Side of the sampled patch, pixels. */
const MAX_SIDE = 96;

/** The picture's own fine texture (brush, canvas, film grain), for regions that are drawn anew. */
export interface Grain {
  /** Luminance offset for a portrait pixel; the patch is mirrored at its borders, so it has no seams. */
  at(x: number, y: number): number;
}

/**
 * Takes the grain of the cheek: luminance minus its 5-pixel mean.
 *
 * @param points - `[478, 3]` landmarks, pixels.
 */
export function sampleGrain(frame: Frame, points: Float32Array): Grain {
  const [cx, cy] = [points[50 * 3]!, points[50 * 3 + 1]!];
  const side = Math.max(8, Math.min(MAX_SIDE, Math.round(faceWidth(points) * 0.16)));
  const left = Math.min(frame.width - side - 3, Math.max(3, Math.round(cx - side / 2)));
  const top = Math.min(frame.height - side - 3, Math.max(3, Math.round(cy - side / 2)));
  const patch = new Float32Array(side * side);
  const at = (x: number, y: number): number => {
    const px = Math.min(frame.width - 1, Math.max(0, x));
    const o = (Math.min(frame.height - 1, Math.max(0, y)) * frame.width + px) * 4;
    return luma(frame.data[o]!, frame.data[o + 1]!, frame.data[o + 2]!);
  };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let j = -2; j <= 2; j++) for (let i = -2; i <= 2; i++) sum += at(left + x + i, top + y + j);
      patch[y * side + x] = at(left + x, top + y) - sum / 25;
    }
  }
  const period = 2 * side;
  const fold = (v: number): number => {
    const m = ((v % period) + period) % period;
    return m < side ? m : period - 1 - m;
  };
  return { at: (x, y) => patch[fold(y) * side + fold(x)]! };
}

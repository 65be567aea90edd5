import { createFrame, type Frame } from '../core/frame.js';
import type { SourcePhoto } from '../core/ports.js';
import { REFINER_REGIONS, regionUnit } from '../generator/refiner/regions.js';

/** Space around the landmarks that is kept, in sizes of the face: hair and shoulders that a turning head needs. */
const MARGIN = 0.9;
/** Picture pixels per crop pixel that are enough to learn from. */
const ENOUGH = 1.25;

/** The head of a photo, no larger than lessons need it: 32 scans would not fit into memory otherwise. */
export function focusOnHead(photo: SourcePhoto): SourcePhoto {
  const { frame, points, state } = photo;
  const [left, right] = span(points, 0, frame.width);
  const [top, bottom] = span(points, 1, frame.height);
  const finest = Math.min(...REFINER_REGIONS.map((region) => (state.scale * regionUnit(region, state.canonical)) / region.perUnit));
  const step = Math.max(1, Math.floor(finest / ENOUGH));
  const move = (value: number, start: number): number => (value - start + 0.5) / step - 0.5;
  const moved = points.slice();
  for (let i = 0; i < moved.length; i += 3) {
    moved[i] = move(points[i]!, left);
    moved[i + 1] = move(points[i + 1]!, top);
    moved[i + 2] = points[i + 2]! / step;
  }
  const centre = Float32Array.of(move(state.centre[0]!, left), move(state.centre[1]!, top), state.centre[2]! / step);
  return { frame: shrink(frame, left, top, Math.floor((right - left) / step), Math.floor((bottom - top) / step), step), points: moved, state: { ...state, scale: state.scale / step, centre } };
}

/** Whole pixels along one axis. */
function span(points: Float32Array, axis: number, size: number): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = axis; i < points.length; i += 3) {
    low = Math.min(low, points[i]!);
    high = Math.max(high, points[i]!);
  }
  const margin = (high - low) * MARGIN;
  return [Math.max(0, Math.floor(low - margin)), Math.min(size, Math.ceil(high + margin))];
}

/** A rectangle of a picture; each pixel of the result is the mean of `step` x `step` of its own. */
function shrink({ data, width }: Frame, left: number, top: number, cols: number, rows: number, step: number): Frame {
  const out = createFrame(cols, rows);
  const share = 1 / (step * step);
  for (let j = 0, o = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++, o += 4) {
      for (let k = 0; k < 3; k++) {
        let sum = 0;
        for (let v = 0; v < step; v++) {
          for (let u = 0; u < step; u++) sum += data[((top + j * step + v) * width + left + i * step + u) * 4 + k]!;
        }
        out.data[o + k] = sum * share;
      }
    }
  }
  return out;
}

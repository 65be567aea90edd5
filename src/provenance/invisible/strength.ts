/** Side of one cell of the strength map, pixels (a power of two: the embedder finds a cell by a shift). */
export const STRENGTH_CELL = 4;
export const STRENGTH_CELL_SHIFT = 2;

/** Strength values a level of brightness (0..255 scale). */
export const STRENGTH_UNIT = 32;

/** Levels of brightness on flat, mid-grey areas: below what the eye sees at 1:1. */
const FLAT_LEVELS = 1;
/** Levels added for each level of local activity. */
const LEVELS_PER_ACTIVITY = 0.16;
const MOST_LEVELS = 2.6;
/** Below this brightness the strength falls to half, since the eye sees more there. */
const DARK = 48;

/** How strongly each part of a picture may be changed without being seen. */
export interface StrengthMap {
  readonly columns: number;
  readonly rows: number;
  /** Factor on all strengths. */
  readonly gain: number;
  setGain(gain: number): void;
  /**
   * Looks at a picture.
   *
   * @param data - RGBA of the map's picture size.
   * @returns `[rows, columns]`, {@link STRENGTH_UNIT} per level; valid until the next call.
   */
  measure(data: Uint8ClampedArray): Uint8Array;
}

/** 3x3 box sum of `source` into `target`, edges repeated; `scratch` has the same size. */
function boxSum(source: Uint16Array, target: Uint16Array, scratch: Uint16Array, columns: number, rows: number): void {
  for (let y = 0; y < rows; y++) {
    const row = y * columns;
    const last = row + columns - 1;
    for (let c = row; c <= last; c++) {
      scratch[c] = source[c > row ? c - 1 : c]! + source[c]! + source[c < last ? c + 1 : c]!;
    }
  }
  for (let y = 0; y < rows; y++) {
    const row = y * columns;
    const up = y > 0 ? row - columns : row;
    const down = y < rows - 1 ? row + columns : row;
    for (let x = 0; x < columns; x++) target[row + x] = scratch[up + x]! + scratch[row + x]! + scratch[down + x]!;
  }
}

/** Small pictures hold fewer chips, so each may be up to this much stronger. */
const SMALL_PICTURE_GAIN = 2.4;

/** Makes a map for pictures of one size; its memory is reused. */
export function createStrengthMap(width: number, height: number): StrengthMap {
  const columns = Math.ceil(width / STRENGTH_CELL);
  const rows = Math.ceil(height / STRENGTH_CELL);
  const mean = new Uint16Array(columns * rows); // 0..1020, four samples
  const activity = new Uint16Array(columns * rows);
  const blurred = new Uint16Array(columns * rows);
  const scratch = new Uint16Array(columns * rows);
  const strength = new Uint8Array(columns * rows);
  let gain = Math.min(SMALL_PICTURE_GAIN, Math.max(1, (512 / Math.sqrt(width * height)) ** 0.8));

  /** Means of the cells, from four samples of (R + 2G + B) / 4 each, and how far the samples lie from them. */
  const sample = (data: Uint8ClampedArray): void => {
    for (let cy = 0; cy < rows; cy++) {
      const y0 = cy * STRENGTH_CELL;
      const y1 = Math.min(height - 1, y0 + 2);
      for (let cx = 0; cx < columns; cx++) {
        const x0 = cx * STRENGTH_CELL;
        const x1 = Math.min(width - 1, x0 + 2);
        const a = (y0 * width + x0) * 4;
        const b = (y0 * width + x1) * 4;
        const c = (y1 * width + x0) * 4;
        const d = (y1 * width + x1) * 4;
        const va = (data[a]! + 2 * data[a + 1]! + data[a + 2]!) >> 2;
        const vb = (data[b]! + 2 * data[b + 1]! + data[b + 2]!) >> 2;
        const vc = (data[c]! + 2 * data[c + 1]! + data[c + 2]!) >> 2;
        const vd = (data[d]! + 2 * data[d + 1]! + data[d + 2]!) >> 2;
        const sum = va + vb + vc + vd;
        const middle = (sum + 2) >> 2;
        const cell = cy * columns + cx;
        mean[cell] = sum;
        activity[cell] = Math.abs(va - middle) + Math.abs(vb - middle) + Math.abs(vc - middle) + Math.abs(vd - middle);
      }
    }
  };

  return {
    columns,
    rows,
    get gain() {
      return gain;
    },
    setGain(value) {
      gain = value;
    },
    measure(data) {
      const flat = FLAT_LEVELS * STRENGTH_UNIT * gain;
      const most = MOST_LEVELS * STRENGTH_UNIT * gain;
      // `blurred` sums nine cells of four-sample units: 36 per level.
      const slope = (LEVELS_PER_ACTIVITY * STRENGTH_UNIT * gain) / 36;
      sample(data);
      boxSum(mean, blurred, scratch, columns, rows);
      for (let c = 0; c < activity.length; c++) activity[c]! += Math.abs(mean[c]! - ((blurred[c]! * 7282) >> 16)); // / 9
      boxSum(activity, blurred, scratch, columns, rows);
      for (let y = 0; y < rows; y++) {
        const up = Math.max(0, y - 1) * columns;
        const down = Math.min(rows - 1, y + 1) * columns;
        for (let x = 0; x < columns; x++) {
          const left = Math.max(0, x - 1);
          const right = Math.min(columns - 1, x + 1);
          // The least of the four quarters: beside a lone edge one of them is flat, and grain would show there.
          const least = Math.min(blurred[up + left]!, blurred[up + right]!, blurred[down + left]!, blurred[down + right]!);
          const cell = y * columns + x;
          const levels = Math.min(most, flat + slope * least);
          const brightness = mean[cell]! >> 2;
          strength[cell] = brightness >= DARK ? levels : levels * (0.5 + (0.5 * brightness) / DARK);
        }
      }
      return strength;
    },
  };
}

import type { Frame } from '../../core/frame.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { faceWidth } from '../../geometry/face-bounds.js';
import { samplePixel } from '../../geometry/sample-pixel.js';
import { boxSum } from './box-blur.js';
import { LAYOUT, PLACES, SKIN_CELLS } from './layout.js';

/** Added to levels of 0 to 255, so that the logarithm doesn't magnify the noise of dark skin. */
const OFFSET = 3.3;
/** Where cells are larger than this (pixels), four places of each are read instead of one. */
const LARGE = 2;
/** Light over more cells than this is no detail: lamps, and heads that turn in them. */
const REACH = 4;
/** A triangle seen under less of its size than this, as a part of the face's mean, shows nothing that can be compared. */
const FORESHORTENED = 0.2;

const { cols, rows, triangle, weights } = LAYOUT;
export const CELLS = cols * rows;
/** Per skin cell, its triangle's corners in landmarks. */
const CORNERS = Int32Array.from([...SKIN_CELLS].flatMap((cell) => [0, 1, 2].map((k) => CANONICAL_TRIANGLES[triangle[cell]! + k]!)));
/** Per skin cell, twice its triangle's area on the average face, square cells. */
const AREAS = Float32Array.from(SKIN_CELLS, (_, i) => {
  const at = (k: number, axis: 0 | 1): number => PLACES[2 * CORNERS[3 * i + k]! + axis]!;
  return (at(1, 0) - at(0, 0)) * (at(2, 1) - at(0, 1)) - (at(2, 0) - at(0, 0)) * (at(1, 1) - at(0, 1));
});

/**
 * What can be told apart on a skin: pores, moles, wrinkles, brows, the bridge of a nose, without the light that they lie in. `[rows, cols]` of
 * the layout, differences of logarithms of luminance; 0 where there is no skin.
 *
 * Reuses its memory: one is measured at a time.
 */
export class SkinRelief {
  readonly values = new Float32Array(CELLS);
  /** 1 where the cell could be seen, `[rows, cols]`. */
  readonly seen = new Float32Array(CELLS);
  readonly #mean = new Float32Array(CELLS);
  readonly #count = new Float32Array(CELLS);
  readonly #scratch = new Float32Array(CELLS);

  /** @param points - `[478, 3]` pixels of `frame` */
  measure(frame: Frame, points: Float32Array): void {
    const { values, seen } = this;
    const cell = faceWidth(points) / cols;
    const offsets = cell > LARGE ? [-cell / 4, cell / 4] : [0];
    const least = FORESHORTENED * cell * cell;
    const rgb = [0, 0, 0];
    values.fill(0);
    seen.fill(0);
    for (let i = 0; i < SKIN_CELLS.length; i++) {
      const [a, b, c] = [3 * CORNERS[3 * i]!, 3 * CORNERS[3 * i + 1]!, 3 * CORNERS[3 * i + 2]!];
      const [ax, ay] = [points[a]!, points[a + 1]!];
      const [ex, ey, gx, gy] = [points[b]! - ax, points[b + 1]! - ay, points[c]! - ax, points[c + 1]! - ay];
      if ((ex * gy - ey * gx) / AREAS[i]! < least) continue;
      const o = SKIN_CELLS[i]!;
      const [u, v] = [weights[2 * o]!, weights[2 * o + 1]!];
      const [x, y] = [ax + u * ex + v * gx, ay + u * ey + v * gy];
      let sum = 0;
      for (let j = 0; j < offsets.length; j++) {
        for (let k = 0; k < offsets.length; k++) {
          samplePixel(frame, x + offsets[k]!, y + offsets[j]!, rgb);
          sum += rgb[0]! + 2 * rgb[1]!;
        }
      }
      values[o] = Math.log(sum / (3 * offsets.length ** 2) + OFFSET);
      seen[o] = 1;
    }
    this.#takeLightAway();
  }

  #takeLightAway(): void {
    const { values, seen } = this;
    this.#mean.set(values);
    this.#count.set(seen);
    boxSum(this.#mean, cols, rows, REACH, this.#scratch);
    boxSum(this.#count, cols, rows, REACH, this.#scratch);
    for (let i = 0; i < SKIN_CELLS.length; i++) {
      const o = SKIN_CELLS[i]!;
      if (seen[o]) values[o]! -= this.#mean[o]! / this.#count[o]!;
    }
  }
}

import { OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitOpening, type Opening } from '../../geometry/opening.js';
import { pictureX, pictureY, type CropFrame } from './crop-frame.js';
import type { RefinerRegion } from './regions.js';

/** Units at which signed distances saturate. */
const SPAN = 0.25;

/** Draws the signed distances of one region; keeps its own scratch. */
export class DistanceField {
  readonly #outer = createOpening();
  readonly #spared: readonly Opening[];

  constructor(private readonly region: RefinerRegion) {
    this.#spared = (region.spared ?? []).map(createOpening);
  }

  /**
   * Writes two channels: the distance to the outer contour (outer lips; lids; outline of the face) and to what lies inside (inner lips; iris rim; mouth
   * and eyes, whichever is nearest),
   * -1..1, positive inside, saturated at a quarter of a unit.
   *
   * @param points - `[478, 3]` pixels.
   * @param opening - the region's, fitted to the same points.
   * @param out - `[rows, cols, stride]`; the channels are `channel` and `channel + 1`.
   */
  draw(points: Float32Array, opening: Opening, frame: CropFrame, out: Float32Array, channel: number, stride: number): void {
    const { region } = this;
    const unitPixels = frame.pixel * region.perUnit;
    const contour = region.eye || region.spared ? opening : fitOpening(points, OUTER_LIP_UPPER, OUTER_LIP_LOWER, this.#outer);
    region.spared?.forEach(({ upper, lower }, k) => fitOpening(points, upper, lower, this.#spared[k]!));
    const iris = region.eye?.iris;
    const cx = iris ? points[iris[0] * 3]! : 0;
    const cy = iris ? points[iris[0] * 3 + 1]! : 0;
    let radius = 0;
    if (iris) for (let k = 1; k < 5; k++) radius += Math.hypot(points[iris[k]! * 3]! - cx, points[iris[k]! * 3 + 1]! - cy) / 4;
    let o = channel;
    for (let j = 0; j < frame.rows; j++) {
      for (let i = 0; i < frame.cols; i++, o += stride) {
        const x = pictureX(frame, i, j);
        const y = pictureY(frame, i, j);
        const inner = iris ? radius - Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) : region.spared ? this.#nearest(x, y) : openingDistance(opening, x, y);
        out[o] = clamp(openingDistance(contour, x, y) / unitPixels / SPAN);
        out[o + 1] = clamp(inner / unitPixels / SPAN);
      }
    }
  }

  #nearest(x: number, y: number): number {
    let most = -Infinity;
    for (const opening of this.#spared) most = Math.max(most, openingDistance(opening, x, y));
    return most;
  }
}

/** Pixels, positive inside: the nearer of both curves and of both corners. */
export function openingDistance(o: Opening, x: number, y: number): number {
  const dx = (x - o.x) / o.width;
  const dy = (y - o.y) / o.width;
  const a = dx * o.ex + dy * o.ey;
  const b = dy * o.ex - dx * o.ey;
  return Math.min(b - curveAt(o.upper, a), curveAt(o.lower, a) - b, 0.5 - Math.abs(a)) * o.width;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

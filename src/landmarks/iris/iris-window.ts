import type { Frame } from '../../core/frame.js';
import type { EyeTopology } from '../../geometry/face-topology.js';

/** Samples per iris radius. */
export const DENSITY = 6;
/** Half sides of the window, samples: 2.7 iris radii along the eye, 1.3 across. */
const HALF_COLUMNS = 16;
const HALF_ROWS = 8;
/** Most samples of one window. */
export const SAMPLES = (2 * HALF_COLUMNS + 1) * (2 * HALF_ROWS + 1);
/** Most pixels averaged along each axis for a sample; more of them would change little. */
const MOST_TAPS = 4;
/** The upper lid's line is taken this much lower, iris radii: its lashes and their shadow are as dark as an iris. */
const LASHES = 0.15;
/** Irises of fewer pixels radius show nothing. */
const SMALLEST_RADIUS = 1.5;

/**
 * The picture inside one eye opening, in a frame that moves with the eye: origin at the iris centre that the model reports, u along
 * the line between the eye's corners, v across it downwards, both in iris radii, so that the iris is the unit disc.
 * Buffers are kept from eye to eye.
 */
export class EyeWindow {
  /** Samples that lie between the lids. */
  count = 0;
  /** Iris radii along u and v, pixels. */
  radiusU = 0;
  radiusV = 0;
  /** Direction of u in the picture, unit length. */
  axisX = 1;
  axisY = 0;
  readonly u = new Float64Array(SAMPLES);
  readonly v = new Float64Array(SAMPLES);
  /** How far between the lids, 0..1. */
  readonly weight = new Float64Array(SAMPLES);
  /** Brightness, 0..255: mostly red, in which skin and the white of the eye are bright and irises of any colour dark. */
  readonly value = new Float64Array(SAMPLES);

  readonly #upper = new LidLine();
  readonly #lower = new LidLine();

  /**
   * Takes the samples of one eye.
   *
   * @param points - `[478, 3]` pixels
   * @returns whether there is anything to see
   */
  look(frame: Frame, points: Float32Array, eye: EyeTopology): boolean {
    this.count = 0;
    const [centre, right, top, left, bottom] = eye.iris;
    const [from, to] = eye.corners;
    const alongX = points[3 * to]! - points[3 * from]!;
    const alongY = points[3 * to + 1]! - points[3 * from + 1]!;
    const width = Math.hypot(alongX, alongY);
    this.radiusU = distance(points, left, right) / 2;
    this.radiusV = distance(points, top, bottom) / 2;
    if (!(Math.min(this.radiusU, this.radiusV) >= SMALLEST_RADIUS) || !(width > this.radiusU)) return false;
    this.axisX = alongX / width;
    this.axisY = alongY / width;
    this.#upper.trace(points, eye.upper, centre, this);
    this.#lower.trace(points, eye.lower, centre, this);
    this.#sample(frame, points[3 * centre]!, points[3 * centre + 1]!);
    return this.count > 0;
  }

  #sample(frame: Frame, centreX: number, centreY: number): void {
    const { axisX, axisY, radiusU, radiusV } = this;
    const taps = Math.min(MOST_TAPS, Math.ceil(Math.max(radiusU, radiusV) / DENSITY));
    for (let column = -HALF_COLUMNS; column <= HALF_COLUMNS; column++) {
      const u = column / DENSITY;
      const top = this.#upper.at(u) + LASHES;
      const bottom = this.#lower.at(u);
      for (let row = -HALF_ROWS; row <= HALF_ROWS; row++) {
        const v = row / DENSITY;
        const weight = unit((v - top) * DENSITY + 0.5) * unit((bottom - v) * DENSITY + 0.5);
        if (!(weight > 0)) continue;
        const n = this.count++;
        this.u[n] = u;
        this.v[n] = v;
        this.weight[n] = weight;
        let sum = 0;
        for (let i = 0; i < taps; i++) {
          const along = (u + ((i + 0.5) / taps - 0.5) / DENSITY) * radiusU;
          for (let j = 0; j < taps; j++) {
            const across = (v + ((j + 0.5) / taps - 0.5) / DENSITY) * radiusV;
            sum += brightness(frame, centreX + along * axisX - across * axisY, centreY + along * axisY + across * axisX);
          }
        }
        this.value[n] = sum / (taps * taps);
      }
    }
  }
}

/** A lid's edge as v over u, linear between its landmarks. */
class LidLine {
  readonly #u = new Float64Array(16);
  readonly #v = new Float64Array(16);
  #length = 0;

  trace(points: Float32Array, lid: readonly number[], centre: number, { axisX, axisY, radiusU, radiusV }: EyeWindow): void {
    this.#length = lid.length;
    for (let i = 0; i < lid.length; i++) {
      const x = points[3 * lid[i]!]! - points[3 * centre]!;
      const y = points[3 * lid[i]! + 1]! - points[3 * centre + 1]!;
      this.#u[i] = (x * axisX + y * axisY) / radiusU;
      this.#v[i] = (y * axisX - x * axisY) / radiusV;
    }
  }

  /** NaN beyond the corners. */
  at(u: number): number {
    for (let i = 1; i < this.#length; i++) {
      const from = this.#u[i - 1]!;
      const to = this.#u[i]!;
      if (u < from || u > to || to <= from) continue;
      const part = (u - from) / (to - from);
      return this.#v[i - 1]! * (1 - part) + this.#v[i]! * part;
    }
    return NaN;
  }
}

/** Bilinear, 0..255; the border's pixels reach outwards. x and y in pixels, pixel i covers i..i+1. */
function brightness({ data, width, height }: Frame, x: number, y: number): number {
  const left = Math.min(Math.max(x - 0.5, 0), width - 1);
  const top = Math.min(Math.max(y - 0.5, 0), height - 1);
  const column = Math.min(Math.floor(left), width - 2);
  const row = Math.min(Math.floor(top), height - 2);
  const a = left - column;
  const b = top - row;
  const i = 4 * (row * width + column);
  const k = i + 4 * width;
  const upper = (2 * data[i]! + data[i + 1]!) * (1 - a) + (2 * data[i + 4]! + data[i + 5]!) * a;
  const lower = (2 * data[k]! + data[k + 1]!) * (1 - a) + (2 * data[k + 4]! + data[k + 5]!) * a;
  return (upper * (1 - b) + lower * b) / 3;
}

function distance(points: Float32Array, a: number, b: number): number {
  return Math.hypot(points[3 * a]! - points[3 * b]!, points[3 * a + 1]! - points[3 * b + 1]!);
}

function unit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

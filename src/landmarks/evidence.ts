import type { Frame } from '../core/frame.js';
import { EYES, INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../geometry/face-topology.js';
import type { EyeTopology } from '../geometry/face-topology.js';

/**
 * What the pixels say about the features that landmarks claim to have found. A landmark network also draws a mouth on a hand
 * that covers it; these measures look whether one is there. Brightness is relative to the face's own skin.
 */
export interface FaceEvidence {
  /** Darkness of the line between the lips against the lips' surroundings. */
  readonly lipLine: number;
  /** How much redder the lips are than the skin, part of the sum of channels; `undefined` where skin has no colour. */
  readonly lipRedness: number | undefined;
  /** Contrast between the lids, of the better eye. */
  readonly eyeContrast: number;
  /** Brightness above and below the eyes. */
  readonly upperLids: number;
  readonly lowerLids: number;
  /** Darkness of a thin line across the nose bridge. */
  readonly bridgeLine: number;
  /** Darkness of a thin line below the eyes. */
  readonly rimLine: number;
}

/** Cheeks and forehead: seldom covered, all visible up to a half profile. */
const SKIN = [50, 280, 205, 425, 151, 9, 101, 330, 108, 337] as const;
/** Skin whose red exceeds its green by less than this, part of the channel sum, counts as colourless. */
const COLOURLESS = 0.05;

// Distances in units of the outer eye corners' distance.
const BLUR = 0.015;
const LIP_SIDE = [0.07, 0.1] as const;
const LIP_SEARCH = 0.03;
const RIM_NEAR = 0.12;
const RIM_FAR = 0.34;
const RIM_WIDTH = 0.035;
const BRIDGE_WIDTH = 0.05;
const STEP = 0.01;

/** Measures a face of at least 20 pixels between the outer eye corners. */
export function gatherEvidence(points: Float32Array, frame: Frame): FaceEvidence {
  const view = new FaceView(points, frame);
  const skin = Math.max(1, median(SKIN.map((i) => view.brightnessAt(i))));
  const skinRedness = median(SKIN.map((i) => view.rednessAt(i, i)));
  const eyes = EYES.map((eye) => measureEye(view, eye, skin));
  const [a, b] = eyes as [EyeMeasures, EyeMeasures];
  return {
    lipLine: lipLine(view) / skin,
    lipRedness: skinRedness < COLOURLESS ? undefined : lipRedness(view) - skinRedness,
    eyeContrast: Math.max(a.contrast, b.contrast),
    upperLids: (a.upper + b.upper) / 2,
    lowerLids: (a.lower + b.lower) / 2,
    bridgeLine: bridgeLine(view) / skin,
    rimLine: (a.rim + b.rim) / 2,
  };
}

/** Brightness of the picture in the axes of a face. */
class FaceView {
  /** Pixels between the outer eye corners. */
  readonly unit: number;
  readonly #ux: number;
  readonly #uy: number;
  readonly #radius: number;

  constructor(
    readonly points: Float32Array,
    readonly frame: Frame,
  ) {
    const dx = points[3 * 263]! - points[3 * 33]!;
    const dy = points[3 * 263 + 1]! - points[3 * 33 + 1]!;
    this.unit = Math.max(1, Math.hypot(dx, dy));
    this.#ux = dx / this.unit;
    this.#uy = dy / this.unit;
    this.#radius = Math.floor(this.unit * BLUR);
  }

  /** Mean brightness, 0..255, around the middle of landmarks a and b, moved `right` and `down` in units of the face. */
  brightness(a: number, b: number, right: number, down: number): number {
    const x = (this.points[3 * a]! + this.points[3 * b]!) / 2 + this.unit * (right * this.#ux - down * this.#uy);
    const y = (this.points[3 * a + 1]! + this.points[3 * b + 1]!) / 2 + this.unit * (right * this.#uy + down * this.#ux);
    let sum = 0;
    for (let j = -this.#radius; j <= this.#radius; j++) {
      for (let i = -this.#radius; i <= this.#radius; i++) {
        const at = this.#pixel(x + i, y + j);
        const { data } = this.frame;
        sum += 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
      }
    }
    return sum / (2 * this.#radius + 1) ** 2;
  }

  brightnessAt(landmark: number): number {
    return this.brightness(landmark, landmark, 0, 0);
  }

  /** (red - green) / sum at the middle of landmarks a and b. */
  rednessAt(a: number, b: number): number {
    const at = this.#pixel((this.points[3 * a]! + this.points[3 * b]!) / 2, (this.points[3 * a + 1]! + this.points[3 * b + 1]!) / 2);
    const { data } = this.frame;
    return (data[at]! - data[at + 1]!) / (data[at]! + data[at + 1]! + data[at + 2]! + 30);
  }

  /** Distance of two landmarks in units of the face. */
  distance(a: number, b: number): number {
    return Math.hypot(this.points[3 * a]! - this.points[3 * b]!, this.points[3 * a + 1]! - this.points[3 * b + 1]!) / this.unit;
  }

  #pixel(x: number, y: number): number {
    const column = Math.min(this.frame.width - 1, Math.max(0, Math.round(x)));
    const row = Math.min(this.frame.height - 1, Math.max(0, Math.round(y)));
    return 4 * (row * this.frame.width + column);
  }
}

/** Mean over the middle of the mouth: the darkest place between the lips against the brighter places above and below them. */
function lipLine(view: FaceView): number {
  let sum = 0;
  const columns = [2, 3, 4, 5, 6, 7, 8];
  for (const k of columns) {
    const upper = INNER_LIP_UPPER[k]!;
    const lower = INNER_LIP_LOWER[k]!;
    const half = view.distance(upper, lower) / 2;
    const at = (down: number): number => view.brightness(upper, lower, 0, down);
    let darkest = Infinity;
    for (let down = -half - LIP_SEARCH; down <= half + LIP_SEARCH; down += STEP) darkest = Math.min(darkest, at(down));
    const above = Math.max(...LIP_SIDE.map((d) => at(-half - d)));
    const below = Math.max(...LIP_SIDE.map((d) => at(half + d)));
    sum += (above + below) / 2 - darkest;
  }
  return sum / columns.length;
}

function lipRedness(view: FaceView): number {
  let sum = 0;
  const columns = [3, 4, 5, 6, 7];
  for (const k of columns) {
    sum += view.rednessAt(OUTER_LIP_UPPER[k]!, INNER_LIP_UPPER[k]!) + view.rednessAt(OUTER_LIP_LOWER[k]!, INNER_LIP_LOWER[k]!);
  }
  return sum / (2 * columns.length);
}

interface EyeMeasures {
  readonly contrast: number;
  readonly upper: number;
  readonly lower: number;
  readonly rim: number;
}

function measureEye(view: FaceView, eye: EyeTopology, skin: number): EyeMeasures {
  const between: number[] = [];
  for (let k = 1; k < eye.upper.length - 1; k++) {
    const upper = eye.upper[k]!;
    const lower = eye.lower[k]!;
    const height = view.distance(upper, lower);
    for (const part of [-0.5, -0.25, 0, 0.25, 0.5]) between.push(view.brightness(upper, lower, 0, part * height));
  }
  between.sort((a, b) => a - b);
  const quantile = (q: number): number => between[Math.floor(q * (between.length - 1))]!;
  const [left, right] = eye.corners;
  const width = view.distance(left, right);
  const rims = [-0.4, -0.2, 0, 0.2, 0.4].map((part) =>
    darkestLine(RIM_NEAR, RIM_FAR, RIM_WIDTH, (down) => view.brightness(left, right, part * width, down)),
  );
  return {
    contrast: (quantile(0.95) - quantile(0.05)) / skin,
    upper: median(eye.upperRing.slice(2, 7).map((i) => view.brightnessAt(i))) / skin,
    lower: median(eye.lowerRing.slice(2, 7).map((i) => view.brightness(i, i, 0, 0.04))) / skin,
    rim: median(rims) / skin,
  };
}

/** A line that crosses the nose bridge shows in all three columns. */
function bridgeLine(view: FaceView): number {
  const length = view.distance(9, 195);
  const columns = [-0.04, 0, 0.04].map((right) =>
    darkestLine(-length / 2, length / 2, BRIDGE_WIDTH, (down) => view.brightness(9, 195, right, down)),
  );
  return Math.min(...columns);
}

/** How much darker than its surroundings, `width` before and after, the darkest place of a profile is. */
function darkestLine(from: number, to: number, width: number, at: (position: number) => number): number {
  let best = 0;
  for (let position = from; position <= to; position += STEP) {
    best = Math.max(best, (at(position - width) + at(position + width)) / 2 - at(position));
  }
  return best;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

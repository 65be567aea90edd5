import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { EYES } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitContour, fitOpening, openingHeight, type Opening } from '../../geometry/opening.js';
import { sampleOpening } from '../../geometry/sample-pixel.js';
import { takeEyeApart, type EyeSource } from './eye-source.js';

/** Gaze shifts below the first value show the photo's own eye, above the second the rebuilt one (eye widths). */
const REBUILD_FROM = 0.012;
const REBUILD_TO = 0.05;
/** Lash line kept rigid above the upper lid and below the lower one, eye widths. */
const LASHES_ABOVE = 0.075;
const LASHES_BELOW = 0.035;
/** Reach of the upper lid's shadow on the eyeball, eye widths. */
const SHADOW_REACH = 0.09;

/** How much darker an eyeball is behind the lashes of a lid that has just met the other. */
const LASH_SHADE = 0.3;
/** The shadow at the lower lid and towards the corners. */
const RIM_SHADE = 0.12;
const RIM_REACH = 0.03;
const CORNER_SHADE = 0.22;
/** Around the line where lids meet nothing is brighter than the skin this far below the lower lid, eye widths: no white is left in the corners. */
const CRACK = 0.05;
const CRACK_SKIN = 0.08;
/** Sideways softening of pulled lid skin, eye widths: hides the streaks of stretching. */
const LID_SOFTNESS = 0.035;

/** Paints both eyes over the warped picture, back to front: white, iris, catch-light, lid shadow, lids, lashes. */
export class EyePainter {
  readonly #eyes: readonly EyeSource[];
  readonly #frame: Frame;
  readonly #scale: number;
  readonly #target = createOpening();
  readonly #brow = new Float32Array(createOpening().upper.length);
  readonly #rgb = [0, 0, 0];
  readonly #skin = [0, 0, 0, 0];
  readonly #sum = [0, 0, 0];

  constructor(photo: SourcePhoto) {
    this.#frame = photo.frame;
    this.#scale = photo.state.scale;
    this.#eyes = EYES.map((eye) => takeEyeApart(photo.frame, photo.points, eye));
  }

  /**
   * @param opacity - of the eyeballs, 0..1: eyes may fade over those of another photo.
   * @param lids - opacity of lids and lashes, 0..1: another photo's own lids may lie there already.
   */
  paint(target: TargetFace, out: Frame, opacity = 1, lids = opacity): void {
    for (const eye of this.#eyes) this.#paintEye(eye, target, out, opacity, lids);
  }

  #paintEye(eye: EyeSource, target: TargetFace, out: Frame, opacity: number, lids: number): void {
    const { topology, opening: source } = eye;
    const t = fitOpening(target.points, topology.upper, topology.lower, this.#target);
    fitContour(target.points, topology.browRing, t, this.#brow);
    // Eye heights don't shrink when the head turns: b is measured in the head's scale, a in the corners' distance.
    const tall = (target.scale / this.#scale) * (source.width / t.width);
    const iris = this.#irisShift(eye, target, t, tall);
    const rebuild = Math.min(1, Math.max(0, (Math.hypot(iris.a, iris.b) - REBUILD_FROM) / (REBUILD_TO - REBUILD_FROM)));
    const edge = Math.max(1.2 / t.width, 0.012);
    const soft = Math.max(edge, eye.softness);
    const closing = lids > 0 ? Math.min(1, Math.max(0, 1 - openingHeight(t) / tall / Math.max(1e-3, openingHeight(source)))) : 0;
    const dim = LASH_SHADE * closing;
    const x0 = Math.max(0, Math.floor(t.x - t.width * 0.75));
    const x1 = Math.min(out.width - 1, Math.ceil(t.x + t.width * 0.75));
    const y0 = Math.max(0, Math.floor(t.y - t.width * 0.75));
    const y1 = Math.min(out.height - 1, Math.ceil(t.y + t.width * 0.75));
    const rgb = this.#rgb;
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const dx = (x - t.x) / t.width;
        const dy = (y - t.y) / t.width;
        const a = dx * t.ex + dy * t.ey;
        if (a < -0.5 || a > 0.5) continue;
        const b = dy * t.ex - dx * t.ey;
        const top = curveAt(t.upper, a);
        const bottom = curveAt(t.lower, a);
        const p = (y * out.width + x) * 4;
        if (b < top && closing > 0.02) this.#paintLid(eye, a, b, top, tall, closing, lids, p, out);
        const inside = Math.min(b - top, bottom - b);
        const mask = Math.min(1, Math.max(0, inside / soft + 0.5)) * Math.min(1, Math.max(0, (bottom - top) / edge - 0.6)) * opacity;
        if (mask > 0) {
          const rebuilt = this.#eyeball(eye, a, b / tall, iris, rebuild, rgb);
          // Lids shade what is drawn anew; the photo's own eye has its shade already.
          const shade = 0.7 * eye.shade * Math.exp(-Math.max(0, b - top) / SHADOW_REACH) + RIM_SHADE * Math.exp(-Math.max(0, bottom - b) / RIM_REACH);
          const corner = CORNER_SHADE * Math.max(0, Math.abs(a) - 0.3) / 0.2;
          const shadow = rebuilt * Math.min(0.7, shade + corner);
          for (let k = 0; k < 3; k++) out.data[p + k] = out.data[p + k]! * (1 - mask) + rgb[k]! * (1 - shadow) * (1 - dim) * mask;
        }
        if (closing > 0.5) this.#shut(eye, a, b - (top + bottom) / 2, tall, Math.min(1, 4 * closing - 2) * lids, p, out);
        if (closing > 0.02) this.#paintLashes(eye, a, b, top, bottom, tall, soft, closing, lids, p, out);
      }
    }
  }

  /** How far the iris moves against the photo, eye widths of the source. */
  #irisShift(eye: EyeSource, target: TargetFace, t: Opening, tall: number): { a: number; b: number } {
    const i = eye.topology.iris[0] * 3;
    const dx = (target.points[i]! - t.x) / t.width;
    const dy = (target.points[i + 1]! - t.y) / t.width;
    return { a: dx * t.ex + dy * t.ey - eye.irisA, b: (dy * t.ex - dx * t.ey) / tall - eye.irisB };
  }

  /**
   * The eyeball at source eye coordinates: the photo's own pixels while it looks as it did, rebuilt when it doesn't.
   * Returns how much of it was rebuilt, 0..1.
   */
  #eyeball(eye: EyeSource, a: number, b: number, shift: { a: number; b: number }, rebuild: number, out: number[]): number {
    const { cols, rows, detail } = eye;
    const px = Math.min(cols - 1.001, Math.max(0, eye.plateX + a * detail));
    const py = Math.min(rows - 1.001, Math.max(0, eye.plateY + b * detail));
    const outside = Math.max(curveAt(eye.opening.upper, a) - b, b - curveAt(eye.opening.lower, a));
    const covered = Math.max(rebuild, Math.min(1, Math.max(0, outside / 0.02)));
    bilinear(eye.white, cols, 3, px, py, out);
    const half = (eye.irisSide - 1) / 2;
    const ix = (a - eye.irisA - shift.a) * detail + half;
    const iy = (b - eye.irisB - shift.b) * detail + half;
    if (ix > 0 && iy > 0 && ix < eye.irisSide - 1.001 && iy < eye.irisSide - 1.001) {
      bilinear(eye.iris, eye.irisSide, 4, ix, iy, this.#skin);
      const alpha = this.#skin[3]!;
      for (let k = 0; k < 3; k++) out[k]! += (this.#skin[k]! - out[k]!) * alpha;
    }
    // The light stays where it is while the eye turns: half way is what a cornea does.
    const cx = (a - eye.irisA - shift.a / 2) * detail + half;
    const cy = (b - eye.irisB - shift.b / 2) * detail + half;
    if (cx > 0 && cy > 0 && cx < eye.irisSide - 1.001 && cy < eye.irisSide - 1.001) {
      bilinear(eye.catchLight, eye.irisSide, 3, cx, cy, this.#skin);
      for (let k = 0; k < 3; k++) out[k]! += this.#skin[k]!;
    }
    if (covered < 1) {
      bilinear(eye.original, cols, 3, px, py, this.#skin);
      for (let k = 0; k < 3; k++) out[k] = this.#skin[k]! + (out[k]! - this.#skin[k]!) * covered;
    }
    return covered;
  }

  /** Skin of a closing upper lid: pulled down from under the brow, so that the lash line isn't smeared over it. */
  #paintLid(eye: EyeSource, a: number, b: number, top: number, tall: number, closing: number, opacity: number, p: number, out: Frame): void {
    const { opening: source } = eye;
    const span = top - curveAt(this.#brow, a);
    const above = top - b;
    if (above >= span || span <= 1e-3) return;
    const spanSource = curveAt(source.upper, a) - curveAt(eye.brow, a);
    const keep = Math.min(LASHES_ABOVE * tall, span * 0.5);
    const keepSource = Math.min(LASHES_ABOVE, spanSource * 0.5);
    const t = above <= keep ? 0 : (above - keep) / (span - keep);
    const sourceAbove = keepSource + (spanSource - keepSource) * t;
    const skin = this.#skin;
    const sum = this.#sum;
    sum.fill(0);
    for (let side = -1; side <= 1; side++) {
      const at = a + side * LID_SOFTNESS * closing;
      sampleOpening(this.#frame, source, at, curveAt(source.upper, at) - sourceAbove, skin);
      for (let k = 0; k < 3; k++) sum[k]! += skin[k]! / 3;
    }
    const light = 1 + (eye.lidLight - 1) * closing * (1 - t);
    const weight = opacity * Math.min(1, (0.5 - Math.abs(a)) / 0.15) * Math.min(1, closing / 0.15) * Math.min(1, (1 - t) / 0.3);
    for (let k = 0; k < 3; k++) out.data[p + k] = out.data[p + k]! * (1 - weight) + sum[k]! * light * weight;
  }

  /** Takes the light of the eyeball's last bits away. `off`: from the line where lids meet, eye widths. */
  #shut(eye: EyeSource, a: number, off: number, tall: number, opacity: number, p: number, out: Frame): void {
    const weight = opacity * Math.min(1, 2 * (1 - Math.abs(off) / tall / CRACK));
    if (weight <= 0) return;
    sampleOpening(this.#frame, eye.opening, a, curveAt(eye.opening.lower, a) + CRACK_SKIN, this.#skin);
    for (let k = 0; k < 3; k++) out.data[p + k]! += weight * Math.min(0, this.#skin[k]! - out.data[p + k]!);
  }

  /** The dark line of lashes moves with the lid's margin and keeps its thickness. */
  #paintLashes(
    eye: EyeSource,
    a: number,
    b: number,
    top: number,
    bottom: number,
    tall: number,
    soft: number,
    closing: number,
    opacity: number,
    p: number,
    out: Frame,
  ): void {
    const { opening: source } = eye;
    const up = (top - b) / tall;
    const down = (b - bottom) / tall;
    const corner = opacity * Math.min(1, (0.5 - Math.abs(a)) / 0.1) * Math.min(1, closing / 0.15);
    if (down > 0 && down < LASHES_BELOW) {
      sampleOpening(this.#frame, source, a, curveAt(source.lower, a) + down, this.#skin);
      const weight = corner * (1 - down / LASHES_BELOW);
      for (let k = 0; k < 3; k++) out.data[p + k] = out.data[p + k]! * (1 - weight) + this.#skin[k]! * weight;
    }
    // Over the ball lashes end at the lid. Over the other lid they go on, fading as they grow above: a line as soft as the photo.
    const hanging = Math.max(LASHES_BELOW, soft / tall);
    const shut = Math.min(1, Math.max(0, 2 * closing - 1));
    const reach = up > 0 ? LASHES_ABOVE : hanging;
    const away = Math.abs(up) / reach;
    const weight = corner * (up > 0 ? Math.min(1, (1 - away) * 2) : shut * (1 - away));
    if (away >= 1 || weight <= 0) return;
    sampleOpening(this.#frame, source, a, curveAt(source.upper, a) - Math.abs(up), this.#skin);
    for (let k = 0; k < 3; k++) out.data[p + k] = out.data[p + k]! * (1 - weight) + Math.min(out.data[p + k]!, this.#skin[k]!) * weight;
  }
}

function bilinear(plane: Float32Array, cols: number, channels: number, x: number, y: number, out: number[]): void {
  const i = x | 0;
  const j = y | 0;
  const fx = x - i;
  const fy = y - j;
  const p = (j * cols + i) * channels;
  const q = p + cols * channels;
  for (let k = 0; k < channels; k++) {
    const top = plane[p + k]! + (plane[p + channels + k]! - plane[p + k]!) * fx;
    const bottom = plane[q + k]! + (plane[q + channels + k]! - plane[q + k]!) * fx;
    out[k] = top + (bottom - top) * fy;
  }
}

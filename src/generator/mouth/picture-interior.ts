import type { Frame } from '../../core/frame.js';
import type { DriverView, FaceState, TargetFace } from '../../core/motion.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, curveMean, fitOpening, type Opening } from '../../geometry/opening.js';
import { luma, type FacePalette } from '../palette.js';
import { sampleOpening } from '../../geometry/sample-pixel.js';
import { createLayerMap, type LayerMap, type MouthRest } from './frame.js';
import { TOOTH_CEILING, type InteriorSample, type MouthInterior } from './interior.js';
import { mouthShape, shapeLikeness } from './shape.js';

/** Rim inside the lender's lips that is not used, in units of the inner lips' width: lips must not be mistaken for teeth. */
const RIM = 0.02;
/** How far the picture may be stretched vertically so that both lips meet their teeth. */
const STRETCH = 1.5;
/** The same sideways, against the scale of the mouths at rest: a smile must not widen teeth much. */
const WIDEN = 1.2;

/** Shares of the bright tone from which on flesh is lit, and altogether: below lies the cavity. */
const FLESH_FROM = 0.26;
const FLESH_TO = 0.4;

/** Grey pictures have no redder lips; then everything counts as tooth and only tone tells. */
const LEAST_RED = 0.15;

/** Whose mouth is lent. */
export interface MouthLender {
  readonly rest: MouthRest;
  /** Teeth as seen, where they are. */
  readonly palette: FacePalette;
  /** A photo of the sitter, that doesn't move with the target: it suits mouths that are about as open and as wide, and its teeth are as bright as they are. */
  readonly still: boolean;
}

/** It in one frame. */
interface Lender {
  readonly frame: Frame;
  readonly points: Float32Array;
  readonly state: FaceState;
}

/**
 * Hidden-region transfer (Averbuch-Elor et al. 2017) in two rigid layers: upper teeth follow the skull, lower teeth and tongue
 * the jaw, so that teeth never stretch with the lips. Tones are graded to the portrait.
 */
export class PictureInterior implements MouthInterior {
  readonly shaded = true;
  readonly #sitterRest: MouthRest;
  readonly #sitter: FacePalette;
  readonly #lend: (driver: DriverView | undefined) => Lender | undefined;
  readonly #rest: MouthRest;
  readonly #palette: FacePalette;
  #frame: Frame | undefined;
  readonly #opening = createOpening();
  readonly #upper = createLayerMap();
  readonly #lower = createLayerMap();
  readonly #target = createOpening();
  readonly #rgb = [0, 0, 0];

  readonly #still: boolean;
  /** The lender's bright tone and what it becomes. */
  readonly #bright: { readonly from: number; readonly to: number };
  /** Red over green of the lender's teeth, and how much redder its lips are; shares of the luminance. */
  readonly #toothRed: number;
  readonly #fleshRed: number;

  /**
   * @param lend - gives this frame's lender.
   */
  constructor(
    sitter: { readonly rest: MouthRest; readonly palette: FacePalette },
    lender: MouthLender,
    lend: (driver: DriverView | undefined) => Lender | undefined,
  ) {
    this.#sitterRest = sitter.rest;
    this.#sitter = sitter.palette;
    this.#rest = lender.rest;
    this.#palette = lender.palette;
    this.#still = lender.still;
    this.#bright = brightTones(lender.palette, sitter.palette, lender.still ? 1 : TOOTH_CEILING);
    const { toothTint, lipTint } = lender.palette;
    this.#toothRed = toothTint[0] - toothTint[1];
    this.#fleshRed = Math.max(LEAST_RED, lipTint[0] - lipTint[1] - this.#toothRed);
    this.#lend = lend;
  }

  begin(target: TargetFace, driver: DriverView | undefined): number {
    const lender = this.#lend(driver);
    if (!lender) return 0;
    this.#frame = lender.frame;
    fitOpening(lender.points, INNER_LIP_UPPER, INNER_LIP_LOWER, this.#opening);
    fitOpening(target.points, INNER_LIP_UPPER, INNER_LIP_LOWER, this.#target);
    this.#align(lender.state.scale * this.#rest.width, target.scale * this.#sitterRest.width);
    return this.#still ? shapeLikeness(mouthShape(this.#target, target.scale), mouthShape(this.#opening, lender.state.scale)) : 1;
  }

  /**
   * Portrait pixels -> lender pixels, one rigid map a layer. Widths at rest bound the scale, so a smile doesn't widen teeth;
   * each layer hangs from its own lip, whose reveal is right in the lender's picture already.
   *
   * @param lenderWidth - the lender's mouth at rest, pixels of its picture.
   * @param sitterWidth - the sitter's, pixels of the portrait.
   */
  #align(lenderWidth: number, sitterWidth: number): void {
    const from = this.#target;
    const to = this.#opening;
    const rest = lenderWidth / sitterWidth;
    const scale = Math.min(rest * WIDEN, Math.max(rest / WIDEN, to.width / from.width));
    const heights = (curveMean(to.lower) - curveMean(to.upper)) * to.width - (curveMean(from.lower) - curveMean(from.upper)) * from.width * scale;
    const own = Math.max(1, (curveMean(from.lower) - curveMean(from.upper)) * from.width * scale);
    const vertical = scale * Math.min(STRETCH, Math.max(1 / STRETCH, 1 + heights / own));
    alignLayer(from, to, from.upper, to.upper, scale, vertical, this.#upper);
    alignLayer(from, to, from.lower, to.lower, scale, vertical, this.#lower);
  }

  /**
   * Lender's luminance -> sitter's: shadow to shadow, bright to bright, straight between them. Gums that light falls on stay as dark against the teeth
   * as they are: where a sitter's shadows are deeper than the lender's, they would be black notches.
   */
  #grade(value: number, flesh: number): number {
    const from = this.#palette;
    const to = this.#sitter;
    const bright = this.#bright;
    const ceiling = Math.max(to.shadow + 8, bright.to);
    const t = (value - from.shadow) / Math.max(32, bright.from - from.shadow);
    const straight = Math.max(to.shadow * 0.6, to.shadow + (ceiling - to.shadow) * t);
    const part = value / bright.from;
    const lit = flesh * Math.min(1, Math.max(0, (part - FLESH_FROM) / (FLESH_TO - FLESH_FROM)));
    return Math.min(to.highlight, straight + lit * Math.max(0, part * bright.to - straight));
  }

  sample(x: number, y: number, lower: number, out: InteriorSample): void {
    out.known = 0;
    out.luma = 0;
    out.redness = 0;
    if (lower < 1) this.#add(this.#upper, x, y, 1 - lower, out);
    if (lower > 0) this.#add(this.#lower, x, y, lower, out);
    if (out.known > 0) {
      out.luma /= out.known;
      out.redness /= out.known;
    }
  }

  #add(map: LayerMap, x: number, y: number, weight: number, out: InteriorSample): void {
    const px = map.xu * x + map.xv * y + map.x0;
    const py = map.yu * x + map.yv * y + map.y0;
    const o = this.#opening;
    const dx = (px - o.x) / o.width;
    const dy = (py - o.y) / o.width;
    const a = dx * o.ex + dy * o.ey;
    const b = dy * o.ex - dx * o.ey;
    // Beyond the lender's lips the nearest inside colour goes on: a gap would look like a ring.
    const inA = Math.min(0.5 - 2 * RIM, Math.max(2 * RIM - 0.5, a));
    const top = curveAt(o.upper, inA) + RIM;
    const bottom = curveAt(o.lower, inA) - RIM;
    const inB = top > bottom ? (top + bottom) / 2 : Math.min(bottom, Math.max(top, b));
    const rgb = this.#rgb;
    sampleOpening(this.#frame!, o, inA, inB, rgb);
    const [red, green, blue] = rgb as [number, number, number];
    const value = luma(red, green, blue);
    const flesh = Math.min(1, Math.max(0, ((red - green) / (value + 12) - this.#toothRed) / this.#fleshRed));
    out.luma += weight * this.#grade(value, flesh);
    out.redness += weight * flesh;
    out.known += weight;
  }
}

/**
 * The tones that become each other. Skin is no anchor: the teeth of a dark sitter are as bright as those of a fair one. But a fair driver's highlights are skin, and a dark
 * sitter's the whites of the eyes; so where whites of both are seen, and promise brighter teeth, they are compared with each other.
 *
 * @param ceiling - share of the sitter's tone that the lender's becomes.
 */
function brightTones(lender: FacePalette, sitter: FacePalette, ceiling: number): { readonly from: number; readonly to: number } {
  const whites = sitter.whites * lender.highlight > sitter.highlight * lender.whites ? Math.min(lender.whitesSeen, sitter.whitesSeen) : 0;
  const tone = ({ highlight, whites: white }: FacePalette): number => highlight + (white - highlight) * whites;
  return { from: tone(lender), to: ceiling * tone(sitter) };
}

/** Rotation and scale from one opening's axes to the other's, fixed where the given curves have their middles. */
function alignLayer(
  from: Opening,
  to: Opening,
  fromCurve: Float32Array,
  toCurve: Float32Array,
  along: number,
  across: number,
  out: LayerMap,
): void {
  // p' = to.axis * along * (p . from.axis) + to.normal * across * (p . from.normal), normals pointing down.
  out.xu = along * to.ex * from.ex + across * to.ey * from.ey;
  out.xv = along * to.ex * from.ey - across * to.ey * from.ex;
  out.yu = along * to.ey * from.ex - across * to.ex * from.ey;
  out.yv = along * to.ey * from.ey + across * to.ex * from.ex;
  const fb = curveMean(fromCurve) * from.width;
  const tb = curveMean(toCurve) * to.width;
  const fx = from.x - from.ey * fb;
  const fy = from.y + from.ex * fb;
  out.x0 = to.x - to.ey * tb - out.xu * fx - out.xv * fy;
  out.y0 = to.y + to.ex * tb - out.yu * fx - out.yv * fy;
}

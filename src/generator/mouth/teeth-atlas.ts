import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitOpening, openingHeight } from '../../geometry/opening.js';
import type { FacePalette } from '../palette.js';
import { createLayerMap, layerMap, type LayerMap, type MouthRest } from './frame.js';
import { SpriteLevels } from './sprite-levels.js';
import { TOOTH_CEILING, type InteriorSample, type MouthInterior } from './interior.js';

/** One rigid layer of rendered teeth: RGBA, alpha 0 where there is nothing. */
export interface TeethLayer {
  readonly frame: Frame;
  /** Pixel of the middle of the closed lips. */
  readonly centreX: number;
  readonly centreY: number;
  /** Pixel row of the cutting edge of the middle incisors. */
  readonly incisalY: number;
  /** Mouth widths behind the lips. */
  readonly depth: number;
}

/** Upper and lower teeth of the synthetic performer, seen from the front. */
export interface TeethAtlas {
  readonly pixelsPerMouthWidth: number;
  /** Hangs from the skull. */
  readonly upper: TeethLayer;
  /** Moves with the jaw; tongue included. */
  readonly lower: TeethLayer;
}

/** A real smile rarely shows teeth as wide as the closed mouth suggests. */
const SIZE = 0.92;
/** Relaxed lips show the tips of the upper teeth and hide most of the lower ones; mouth widths. */
const UPPER_SHOWS = 0.06;
const LOWER_HIDES = 0.12;
/**
 * Skull and jaw are known too coarsely to say what lips reveal (least of all in a painting), so it stays within what people show when
 * they talk and smile: shares of the gap between the lips, and mouth widths.
 */
const UPPER_LEAST = { share: 0.4, width: 0.1 };
const UPPER_MOST = 0.17;
const LOWER_MOST = { share: 0.14, width: 0.035 };
/** How far the row's middle may lie beside the lips', mouth widths. */
const ASIDE = 0.06;
/** The atlas is evenly lit; a mouth isn't. Deepens what lies between teeth and beside the front ones. */
const CONTRAST = 2;
/** The lower row lies in the shade of the upper one. */
const LOWER_SHADE = 0.68;
/** Gums and tongue lie in the shade of teeth and lips. */
const FLESH_SHADE = 0.45;
/** Luminance of the atlas' brightest enamel. */
const ENAMEL = 225;

/** One of the two layers in use. */
interface Row {
  readonly layer: TeethLayer;
  /** How far it lies below its place in the atlas, mouth widths. */
  readonly down: number;
  readonly levels: SpriteLevels;
  /** Where it lies in this frame. */
  readonly map: LayerMap;
}

/** Rendered teeth for a sitter whose own nobody has seen, when the driver's may not be used. */
export class AtlasInterior implements MouthInterior {
  readonly shaded = false;
  readonly #upper: Row;
  readonly #lower: Row;
  readonly #opening = createOpening();
  /** Atlas pixels per pixel of a row's level, as halvings. */
  #level = 0;

  constructor(
    private readonly sitter: { readonly rest: MouthRest; readonly palette: FacePalette },
    private readonly atlas: TeethAtlas,
  ) {
    const row = (layer: TeethLayer, down: number): Row => ({ layer, down, levels: new SpriteLevels(layer.frame), map: createLayerMap() });
    this.#upper = row(atlas.upper, UPPER_SHOWS);
    this.#lower = row(atlas.lower, LOWER_HIDES);
  }

  begin(target: TargetFace): number {
    layerMap(target, this.sitter.rest, 'upper', this.atlas.upper.depth, this.#upper.map);
    layerMap(target, this.sitter.rest, 'lower', this.atlas.lower.depth, this.#lower.map);
    const unit = target.scale * this.sitter.rest.width;
    this.#level = this.#upper.levels.levelFor(this.atlas.pixelsPerMouthWidth / (unit * SIZE));
    const o = fitOpening(target.points, INNER_LIP_UPPER, INNER_LIP_LOWER, this.#opening);
    const gap = (openingHeight(o) * o.width) / unit;
    this.#hang(this.#upper, o.upper, 1, unit, Math.min(UPPER_LEAST.share * gap, UPPER_LEAST.width), UPPER_MOST);
    this.#hang(this.#lower, o.lower, -1, unit, -Infinity, Math.min(LOWER_MOST.share * gap, LOWER_MOST.width));
    return 1;
  }

  /**
   * Moves a row until its lip reveals between `least` and `most` of it, mouth widths.
   *
   * @param direction - 1 when the row shows below its lip, -1 above it.
   * @param unit - pixels per mouth width.
   */
  #hang({ layer, down, map }: Row, lipCurve: Float32Array, direction: 1 | -1, unit: number, least: number, most: number): void {
    const o = this.#opening;
    const v = ((layer.incisalY - layer.centreY) / this.atlas.pixelsPerMouthWidth + down) * SIZE;
    const dx = map.xv * v + map.x0 - o.x;
    const dy = map.yv * v + map.y0 - o.y;
    const along = dx * o.ex + dy * o.ey;
    const across = dy * o.ex - dx * o.ey;
    const lip = curveAt(lipCurve, Math.min(0.3, Math.max(-0.3, along / o.width))) * o.width;
    const revealed = (direction * (across - lip)) / unit;
    const more = direction * (Math.min(most, Math.max(least, revealed)) - revealed) * unit;
    const aside = Math.min(ASIDE * unit, Math.max(-ASIDE * unit, along)) - along;
    map.x0 += aside * o.ex - more * o.ey;
    map.y0 += aside * o.ey + more * o.ex;
  }

  sample(x: number, y: number, _lower: number, out: InteriorSample): void {
    out.luma = 0;
    out.redness = 0;
    out.known = 0;
    this.#over(this.#lower, x, y, out);
    out.luma *= LOWER_SHADE;
    this.#over(this.#upper, x, y, out);
    if (out.known > 0) {
      out.luma /= out.known;
      out.redness /= out.known;
    }
    const { shadow, highlight } = this.sitter.palette;
    const ceiling = Math.max(shadow + 8, TOOTH_CEILING * highlight);
    out.luma = shadow + (ceiling - shadow) * Math.min(1, out.luma / ENAMEL) ** CONTRAST;
  }

  /** Composites one row over what is there, premultiplied by `known`. */
  #over({ layer, down, levels, map }: Row, x: number, y: number, out: InteriorSample): void {
    const det = map.xu * map.yv - map.xv * map.yu || 1e-9;
    const dx = x - map.x0;
    const dy = y - map.y0;
    const scale = this.atlas.pixelsPerMouthWidth / SIZE / det;
    const shrink = 2 ** -this.#level;
    const px = (layer.centreX + (map.yv * dx - map.xv * dy) * scale + 0.5) * shrink - 0.5;
    const py = (layer.centreY + (map.xu * dy - map.yu * dx) * scale - down * this.atlas.pixelsPerMouthWidth + 0.5) * shrink - 0.5;
    const { data, width, height } = levels.at(this.#level);
    const ix = Math.floor(px);
    const iy = Math.floor(py);
    if (ix < 0 || iy < 0 || ix >= width - 1 || iy >= height - 1) return;
    const fx = px - ix;
    const fy = py - iy;
    let [r, g, b, alpha] = [0, 0, 0, 0];
    for (let k = 0; k < 4; k++) {
      const o = ((iy + (k >> 1)) * width + ix + (k & 1)) * 4;
      const w = (k & 1 ? fx : 1 - fx) * (k >> 1 ? fy : 1 - fy) * (data[o + 3]! / 255);
      r += data[o]! * w;
      g += data[o + 1]! * w;
      b += data[o + 2]! * w;
      alpha += w;
    }
    if (alpha <= 0) return;
    const value = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    const redness = Math.min(1, Math.max(0, ((r - g) / (value + 1)) * 2.2 - 0.25));
    out.luma = out.luma * (1 - alpha) + value * (1 - FLESH_SHADE * redness);
    out.redness = out.redness * (1 - alpha) + redness * alpha;
    out.known = out.known * (1 - alpha) + alpha;
  }
}

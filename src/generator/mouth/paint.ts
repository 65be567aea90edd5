import type { Frame } from '../../core/frame.js';
import type { DriverView, TargetFace } from '../../core/motion.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitOpening, openingHeight } from '../../geometry/opening.js';
import type { Grain } from '../grain.js';
import type { FacePalette } from '../palette.js';
import type { InteriorSample, MouthInterior } from './interior.js';

/** The inside fades in while the lips part, in units of the inner lips' width. */
const FADE_FROM = 0.02;
const FADE_TO = 0.05;

/** Enamel is smoother than skin. */
const GRAIN = 0.4;

/** Paints the inside of the mouth over the warped picture. */
export class MouthPainter {
  readonly #opening = createOpening();
  readonly #sample: InteriorSample = { luma: 0, redness: 0, known: 0 };

  constructor(
    private readonly palette: FacePalette,
    private readonly grain: Grain,
    /** Best first; each covers those after it as far as it suits the frame. */
    private readonly interiors: readonly MouthInterior[],
  ) {}

  /**
   * Draws into `out`, whose lips have been warped to `target` already.
   *
   * @param opacity - 0..1: what another photo's mouth leaves to be painted.
   */
  paint(target: TargetFace, driver: DriverView | undefined, out: Frame, opacity = 1): void {
    const o = fitOpening(target.points, INNER_LIP_UPPER, INNER_LIP_LOWER, this.#opening);
    const height = openingHeight(o);
    const fade = opacity * Math.min(1, (height - FADE_FROM) / (FADE_TO - FADE_FROM));
    if (fade <= 0) return;
    const shares = this.#shares(target, driver);
    const { palette, grain } = this;
    const sample = this.#sample;
    const reach = o.width * 0.52;
    const deep = o.width * Math.max(...o.lower.map(Math.abs), ...o.upper.map(Math.abs)) + 2;
    const spanX = Math.abs(o.ex) * reach + Math.abs(o.ey) * deep;
    const spanY = Math.abs(o.ey) * reach + Math.abs(o.ex) * deep;
    const x0 = Math.max(0, Math.floor(o.x - spanX));
    const x1 = Math.min(out.width - 1, Math.ceil(o.x + spanX));
    const y0 = Math.max(0, Math.floor(o.y - spanY));
    const y1 = Math.min(out.height - 1, Math.ceil(o.y + spanY));
    // Edge softness in opening units: one pixel, or the softness of a large soft picture.
    const edge = Math.max(1.4 / o.width, 0.012);
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const dx = (x - o.x) / o.width;
        const dy = (y - o.y) / o.width;
        const a = dx * o.ex + dy * o.ey;
        if (a < -0.5 || a > 0.5) continue;
        const b = dy * o.ex - dx * o.ey;
        const top = curveAt(o.upper, a);
        const bottom = curveAt(o.lower, a);
        const inside = Math.min(b - top, bottom - b);
        const mask = fade * Math.min(1, Math.max(0, inside / edge + 0.5));
        if (mask <= 0) continue;
        const t = (b - top) / Math.max(1e-3, bottom - top);
        let tone = palette.shadow * (0.85 + 0.3 * t);
        let redness = 0.6;
        let shaded = 0;
        const lower = Math.min(1, Math.max(0, (t - 0.48) / 0.16));
        for (const { interior, share } of shares) {
          interior.sample(x, y, lower, sample);
          const weight = sample.known * share;
          tone += (sample.luma - tone) * weight;
          redness += (sample.redness - redness) * weight;
          shaded += ((interior.shaded ? 1 : 0) - shaded) * weight;
        }
        // Daylight doesn't reach the corners, nor right under the upper lip.
        const daylight = Math.min(1, (0.5 - Math.abs(a)) / 0.16) * Math.min(1, 0.76 + (b - top) / 0.2);
        tone = palette.shadow + (tone - palette.shadow) * (shaded + (1 - shaded) * daylight) + grain.at(x, y) * GRAIN * Math.min(1, tone / palette.skin);
        const p = (y * out.width + x) * 4;
        for (let k = 0; k < 3; k++) {
          const tooth = palette.toothTint[k]!;
          const flesh = palette.fleshTint[k]!;
          const colour = tone * (tooth + (flesh - tooth) * redness);
          const below = out.data[p + k]!;
          out.data[p + k] = below + (colour - below) * mask;
        }
      }
    }
  }

  /** The sources of this frame, last resort first, each with its opacity over those before it. */
  #shares(target: TargetFace, driver: DriverView | undefined): readonly { interior: MouthInterior; share: number }[] {
    const shares = [];
    for (const interior of this.interiors) {
      const share = interior.begin(target, driver);
      if (share > 0) shares.unshift({ interior, share });
      if (share >= 1) break;
    }
    return shares;
  }
}

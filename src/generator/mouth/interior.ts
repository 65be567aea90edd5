import type { DriverView, TargetFace } from '../../core/motion.js';

/** One sample of the inside of a mouth. Reused between calls. */
export interface InteriorSample {
  /** Luminance 0..255, already in the portrait's range. */
  luma: number;
  /** 0 = tooth, 1 = gum, tongue or lip. */
  redness: number;
  /** 0 = nothing known here (cavity), 1 = certain. */
  known: number;
}

/** The portrait's own highlights bound the brightest tooth. */
export const TOOTH_CEILING = 0.88;

/** Where the inside of the mouth comes from: the driver, another photo of the sitter, or the teeth atlas. */
export interface MouthInterior {
  /** Whether its tones are those of a real mouth, in the shade of its lips already. */
  readonly shaded: boolean;
  /** Prepares one frame. Returns how well this source suits it, 0..1; what is left goes to the next source. */
  begin(target: TargetFace, driver: DriverView | undefined): number;
  /**
   * @param x - portrait pixels.
   * @param y - portrait pixels.
   * @param lower - weight of the jaw's layer against the skull's, 0..1.
   */
  sample(x: number, y: number, lower: number, out: InteriorSample): void;
}

import { CELLS, luminance } from './light-map.js';

/** Shares of a driver's changes that are lent. */
export interface Strength {
  /** Of luminance, 0..1. */
  readonly light: number;
  /** Of what red, green and blue change besides, 0..{@link MOST_COLOUR}. */
  readonly colour: number;
}

/** A driver who is filmed in pale colours lends more of them than he shows. */
const MOST_COLOUR = 1.5;

/**
 * How much a driver's light can say about a sitter's. How a face's light changes depends on where the light comes from and what the face is
 * like; so a driver lends as much as both are alike: as their cosine says, and the sitter's contrasts as a multiple of the driver's (the slope
 * of a regression). A photograph without colours gets none.
 *
 * @param sitter - map of the photo.
 * @param driver - map of the driver doing the same.
 */
export function strengthOf(sitter: Float32Array, driver: Float32Array): Strength {
  const light = new Fit();
  const colour = new Fit();
  for (let o = 0; o < CELLS; o++) {
    const a = luminance(sitter[o]!, sitter[o + CELLS]!);
    const b = luminance(driver[o]!, driver[o + CELLS]!);
    light.add(b, a);
    for (let at = o; at < 3 * CELLS; at += CELLS) colour.add(driver[at]! - b, sitter[at]! - a);
  }
  return { light: light.cosine * Math.min(1, light.slope), colour: light.cosine ** 2 * Math.min(MOST_COLOUR, colour.slope) };
}

/** y as a multiple of x. */
class Fit {
  #xx = 0;
  #xy = 0;
  #yy = 0;

  add(x: number, y: number): void {
    this.#xx += x * x;
    this.#xy += x * y;
    this.#yy += y * y;
  }

  /** 0..1; 0 also where they are opposed. */
  get cosine(): number {
    return this.#xy > 0 ? this.#xy / Math.sqrt(this.#xx * this.#yy) : 0;
  }

  /** 0 also where it is negative. */
  get slope(): number {
    return this.#xy > 0 ? this.#xy / this.#xx : 0;
  }
}

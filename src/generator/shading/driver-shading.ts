import type { DriverRest, DriverView } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import type { GainMap } from '../sampler/gain-map.js';
import { emptyMap, measureLight } from './light-map.js';
import { PhotoShade } from './photo-shade.js';

/** Share of the new frame in the running map: video noise must not flicker on the portrait. */
const UPDATE = 0.85;

/**
 * Folds, shading and flushes as ratios of the driver's colours, current over rest, in the face's own coordinates (expression ratio images,
 * Liu, Shan and Zhang 2001), as far as sitter and driver are alike (see `strengthOf`).
 */
export class DriverShading {
  readonly #observed = emptyMap();
  readonly #current = emptyMap();
  /** Maps of the driver doing what the sitter does, a photo each. */
  #rests: readonly Float32Array[] = [];
  #shades: (PhotoShade | undefined)[] = [];
  /** Whether the driver is seen, eased, 0..1; undefined before the first frame. */
  #presence: number | undefined;

  /** @param photos - of the sitter, the canvas first */
  constructor(private readonly photos: readonly SourcePhoto[]) {}

  /** How the driver looks when doing what the sitter does in each photo. */
  setRest({ views, shares }: DriverRest): void {
    this.#rests = this.photos.map(emptyMap);
    this.#shades = [];
    views.forEach((view, i) => {
      measureLight(view, this.#observed);
      this.#rests.forEach((rest, k) => {
        for (let o = 0; o < rest.length; o++) rest[o]! += shares[k]![i]! * this.#observed[o]!;
      });
    });
    // Who is seen for the first time in mid-clip starts from here.
    this.#current.set(this.#rests[0]!);
  }

  /** The driver in one frame; without one, its shading fades. */
  observe(driver: DriverView | undefined): void {
    if (driver && this.#rests.length > 0) {
      const share = this.#presence === undefined ? 1 : UPDATE;
      measureLight(driver, this.#observed);
      for (let o = 0; o < this.#current.length; o++) this.#current[o]! += (this.#observed[o]! - this.#current[o]!) * share;
    }
    const seen = driver ? 1 : 0;
    this.#presence = this.#presence === undefined ? seen : this.#presence + (seen - this.#presence) * UPDATE;
  }

  /** Factors for one photo in the frame that was observed last. `undefined` before the driver's rest is set. */
  gains(index: number): GainMap | undefined {
    const rest = this.#rests[index];
    if (rest === undefined || this.#presence === undefined) return undefined;
    return (this.#shades[index] ??= new PhotoShade(this.photos[index]!, rest)).gains(this.#current, this.#presence);
  }
}

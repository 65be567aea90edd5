import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import type { DriverShading } from '../shading/driver-shading.js';
import { PhotoChoice } from './choice.js';
import { PhotoLayer } from './photo-layer.js';
import { PHOTO_REGIONS, type PerRegion } from './regions.js';

/** Shares that change no pixel by a level aren't drawn. */
const UNSEEN = 0.01;

/** Another photo of the sitter in one frame. */
export interface Lender {
  /** Among all photos, the canvas first. */
  readonly index: number;
  readonly layer: PhotoLayer;
  /** Opacity over the canvas and the lenders before it, by region, 0..1. */
  readonly opacity: PerRegion<number>;
}

/** A photo that may lend. Its layer is made when it does for the first time: of many photos a clip needs few. */
interface Other {
  readonly index: number;
  readonly photo: SourcePhoto;
  readonly opacity: { skin: number; mouth: number; eyes: number };
  layer: PhotoLayer | undefined;
}

/** The sitter's other photos, laid over the canvas where they are the better source. */
export class Album {
  readonly #choice: PhotoChoice;
  readonly #others: readonly Other[];
  #lenders: readonly Lender[] = [];

  /**
   * @param photos - all of them, the canvas first.
   * @param fps - see {@link PhotoChoice}.
   */
  constructor(
    private readonly photos: readonly [SourcePhoto, ...SourcePhoto[]],
    fps: number,
  ) {
    this.#choice = new PhotoChoice(photos.map(({ state }) => state), fps);
    this.#others = photos.slice(1).map((photo, k) => ({ index: k + 1, photo, opacity: { skin: 0, mouth: 0, eyes: 0 }, layer: undefined }));
  }

  /** Share of each photo in each region of this frame, the canvas first, 0..1. */
  get shares(): PerRegion<Float32Array> {
    return this.#choice.shares;
  }

  /** Chooses for one frame. The answer holds until the next call. */
  choose(target: TargetFace): readonly Lender[] {
    const { shares } = this.#choice;
    this.#choice.update(target);
    for (const region of PHOTO_REGIONS) {
      let covered = shares[region][0]!;
      this.#others.forEach(({ opacity }, k) => {
        const share = shares[region][k + 1]!;
        covered += share;
        opacity[region] = share < UNSEEN ? 0 : share / covered;
      });
    }
    this.#lenders = this.#others
      .filter(({ opacity }) => PHOTO_REGIONS.some((region) => opacity[region] > 0))
      .map((other) => ({ index: other.index, layer: (other.layer ??= new PhotoLayer(this.photos[0], other.photo)), opacity: other.opacity }));
    for (const { layer } of this.#lenders) layer.pose(target);
    return this.#lenders;
  }

  /** Blends the chosen photos, shaded as the driver is, over the warped canvas. */
  draw(out: Frame, shading: DriverShading): void {
    for (const { index, layer, opacity } of this.#lenders) layer.draw(opacity, out, shading.gains(index));
  }

  /** Paints the chosen photos' eyes over the canvas'. */
  paintEyes(target: TargetFace, out: Frame): void {
    for (const { layer, opacity } of this.#lenders) if (opacity.eyes > 0) layer.eyes.paint(target, out, opacity.eyes);
  }
}

import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { createOpening } from '../../geometry/opening.js';
import type { Lender } from '../few-shot/album.js';
import { createCropFrame, fitCropFrame, moveCropFrame, type CropFrame } from './crop-frame.js';
import { irisOf, sourceOf, type RegionCrop } from './crops.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';
import { regionUnit } from './regions.js';
import { sampleCrop } from './sample-crop.js';
import { Validity } from './validity.js';

/** Where a region lies in one of the photos. */
interface Place {
  readonly frame: CropFrame;
  /** Crop position of the iris; absent for the mouth. */
  readonly iris: readonly [number, number] | undefined;
}

/**
 * Where other photos of the sitter lend a region, the network must see them as the source: a canvas with shut lips would tell it that
 * the lender's teeth are a smear. Mixes their source, and for mouths their validity, into a filled crop as they are mixed into the picture.
 */
export class LentSource {
  readonly #places = new Map<SourcePhoto, Place>();
  readonly #moved: CropFrame;
  readonly #validity: Validity;
  readonly #scratch: Float32Array;
  /** `[rows, cols, 3]` the canvas' mouth, which the crop draws only once. */
  readonly #canvas: Float32Array | undefined;
  #mixed = false;

  /** @param crop - into which nothing was mixed yet. */
  constructor(private readonly crop: RegionCrop) {
    const { region, data } = crop;
    this.#moved = createCropFrame(region);
    this.#validity = new Validity(region);
    this.#scratch = new Float32Array(data.length);
    if (!region.eye) this.#canvas = sourceOf(data);
  }

  /** Call after each `crop.fill`. */
  mix(target: TargetFace, lenders: readonly Lender[]): void {
    const { region, data, frame } = this.crop;
    if (this.#mixed && this.#canvas) put(this.#canvas, data);
    this.#mixed = false;
    for (const { layer, opacity } of lenders) {
      const share = region.spared ? opacity.skin : region.eye ? opacity.eyes : opacity.mouth;
      if (share === 0) continue;
      this.#mixed = true;
      const { photo, flow } = layer;
      const scratch = this.#scratch;
      const { frame: own, iris } = this.#placeOf(photo);
      if (!iris) {
        sampleCrop(photo.frame, own, scratch, CHANNEL.source);
        this.#validity.draw(flow, frame, own, photo.frame.width, photo.frame.height, scratch, CHANNEL.validity, CROP_CHANNELS);
      } else {
        const [column, row] = irisOf(region, target.points, frame);
        Object.assign(this.#moved, own);
        moveCropFrame(this.#moved, iris[0] - column, iris[1] - row);
        sampleCrop(photo.frame, this.#moved, scratch, CHANNEL.source);
      }
      for (let o = 0; o < data.length; o += CROP_CHANNELS) {
        for (let k = o + CHANNEL.source; k < o + CHANNEL.source + 3; k++) data[k]! += (scratch[k]! - data[k]!) * share;
        const v = o + CHANNEL.validity;
        if (!iris) data[v]! += (scratch[v]! - data[v]!) * share;
      }
    }
  }

  #placeOf(photo: SourcePhoto): Place {
    const known = this.#places.get(photo);
    if (known) return known;
    const { region } = this.crop;
    const { points, state } = photo;
    const frame = fitCropFrame(region, points, state.scale, regionUnit(region, state.canonical), createOpening(), createCropFrame(region));
    const place = { frame, iris: region.eye ? irisOf(region, points, frame) : undefined };
    this.#places.set(photo, place);
    return place;
  }
}

function put(picture: Float32Array, crop: Float32Array): void {
  for (let o = CHANNEL.source, p = 0; p < picture.length; o += CROP_CHANNELS, p += 3) for (let k = 0; k < 3; k++) crop[o + k] = picture[p + k]!;
}

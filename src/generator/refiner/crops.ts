import type { Frame } from '../../core/frame.js';
import type { DriverView, TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { createOpening, openingHeight } from '../../geometry/opening.js';
import { createCropFrame, cropColumn, cropRow, fitCropFrame, moveCropFrame, type CropFrame } from './crop-frame.js';
import { DistanceField } from './distances.js';
import { applyGrade, createGrade, createSkinTone, fitGrade, measureSkin, type Grade, type SkinTone } from './grade.js';
import { CHANNEL, CROP_CHANNELS } from './layout.js';
import { regionUnit, type RefinerRegion } from './regions.js';
import { sampleCrop, type Patch } from './sample-crop.js';
import { Validity } from './validity.js';

/** One frame as the refiner meets it. */
export interface CropMoment {
  readonly target: TargetFace;
  /** The flow that warped the photo. */
  readonly flow: FlowField;
  /** The photo through the flow, before eyes and mouth were painted; at least the crop's surroundings. */
  readonly warped: Frame | Patch;
  /** The draft's finished picture. */
  readonly draft: Frame;
  /** Absent: the driver's pixels may not be used. */
  readonly driver: DriverView | undefined;
}

/** Fills the crop of one region, frame by frame, into memory of its own. */
export class RegionCrop {
  /** `[rows, cols, CROP_CHANNELS]`, see `CHANNEL`. */
  readonly data: Float32Array;
  /** Where the crop lies in the portrait. */
  readonly frame: CropFrame;
  /** Where the driver's crop lies in the driver's picture. */
  readonly driverFrame: CropFrame;
  /** How the driver's colours became the portrait's. */
  readonly grade: Grade = createGrade();
  /** Height of the opening in units, of a face less 1; 0..1. */
  opening = 0;

  readonly #opening = createOpening();
  readonly #unit: number;
  #driverUnit: number | undefined;
  readonly #own: CropFrame;
  readonly #moved: CropFrame;
  readonly #skin: SkinTone;
  readonly #driverSkin = createSkinTone();
  readonly #distances: DistanceField;
  readonly #driverDistances: Float32Array;
  readonly #validity: Validity;
  readonly #iris: readonly [number, number] = [0, 0];

  constructor(
    readonly region: RefinerRegion,
    private readonly photo: SourcePhoto,
  ) {
    const n = region.cols * region.rows;
    this.data = new Float32Array(n * CROP_CHANNELS);
    this.frame = createCropFrame(region);
    this.driverFrame = createCropFrame(region);
    this.#moved = createCropFrame(region);
    this.#driverDistances = new Float32Array(n * 2);
    this.#distances = new DistanceField(region);
    this.#validity = new Validity(region);
    this.#unit = regionUnit(region, photo.state.canonical);
    const { points, state, frame } = photo;
    this.#own = fitCropFrame(region, points, state.scale, this.#unit, this.#opening, createCropFrame(region));
    if (region.eye) this.#iris = irisOf(region, points, this.#own);
    sampleCrop(frame, this.#own, this.data, CHANNEL.source);
    this.#distances.draw(points, this.#opening, this.#own, this.data, CHANNEL.distance, CROP_CHANNELS);
    this.#skin = measureSkin(this.data, CHANNEL.source, CROP_CHANNELS, this.data, CHANNEL.distance, CROP_CHANNELS, !region.eye, createSkinTone(), region.spared && 0);
  }

  /** The driver at rest gives the size of its crops; without it, the first frame does. */
  setDriverReference({ state }: DriverView): void {
    this.#driverUnit = regionUnit(this.region, state.canonical);
  }

  /** Writes all channels for one frame. */
  fill({ target, flow, warped, draft, driver }: CropMoment): void {
    const { region, data, frame, photo } = this;
    fitCropFrame(region, target.points, target.scale, this.#unit, this.#opening, frame);
    const height = (openingHeight(this.#opening) * this.#opening.width) / (frame.pixel * region.perUnit);
    // A face is higher than wide; what is above that grows as the jaw falls.
    this.opening = Math.min(1, Math.max(0, region.spared ? height - 1 : height));
    this.#distances.draw(target.points, this.#opening, frame, data, CHANNEL.distance, CROP_CHANNELS);
    // A mouth's and a face's source doesn't move: it was drawn once.
    if (region.eye) {
      const [column, row] = irisOf(region, target.points, frame);
      Object.assign(this.#moved, this.#own);
      moveCropFrame(this.#moved, this.#iris[0] - column, this.#iris[1] - row);
      sampleCrop(photo.frame, this.#moved, data, CHANNEL.source);
    }
    sampleCrop(warped, frame, data, CHANNEL.warp);
    sampleCrop(draft, frame, data, CHANNEL.draft);
    this.#validity.draw(flow, frame, this.#own, photo.frame.width, photo.frame.height, data, CHANNEL.validity, CROP_CHANNELS);
    if (driver) this.#fillDriver(driver);
    for (let o = 0; o < data.length; o += CROP_CHANNELS) {
      // The warp's eyes don't look where the target's do: mixed in, they would draw the gaze back.
      if (region.eye) data[o + CHANNEL.validity]! *= Math.min(1, Math.max(0, 0.5 - 6 * data[o + CHANNEL.distance]!));
      data[o + CHANNEL.opening] = this.opening;
      data[o + CHANNEL.present] = driver ? 1 : 0;
      if (!driver) data.fill(0, o + CHANNEL.driver, o + CHANNEL.driver + 3);
    }
  }

  #fillDriver(driver: DriverView): void {
    const { region, data, driverFrame, grade } = this;
    this.#driverUnit ??= regionUnit(region, driver.state.canonical);
    fitCropFrame(region, driver.points, driver.state.scale, this.#driverUnit, this.#opening, driverFrame);
    this.#distances.draw(driver.points, this.#opening, driverFrame, this.#driverDistances, 0, 2);
    sampleCrop(driver.frame, driverFrame, data, CHANNEL.driver);
    measureSkin(data, CHANNEL.driver, CROP_CHANNELS, this.#driverDistances, 0, 2, !region.eye, this.#driverSkin, region.spared && 0);
    applyGrade(fitGrade(this.#driverSkin, this.#skin, grade), data, CHANNEL.driver, CROP_CHANNELS);
  }
}

/**
 * The sitter's own crop, for the embedder: `[rows, cols, 3]`, RGB 0..1, the photo at its own opening.
 */
export function sitterCrop(region: RefinerRegion, photo: SourcePhoto): Float32Array {
  return sourceOf(new RegionCrop(region, photo).data);
}

/** A copy of a crop's source picture, `[rows, cols, 3]`. */
export function sourceOf(crop: Float32Array): Float32Array {
  const out = new Float32Array((crop.length / CROP_CHANNELS) * 3);
  for (let o = CHANNEL.source, k = 0; k < out.length; o += CROP_CHANNELS, k += 3) out.set(crop.subarray(o, o + 3), k);
  return out;
}

/** Crop position of the iris. */
export function irisOf(region: RefinerRegion, points: Float32Array, frame: CropFrame): readonly [number, number] {
  const i = region.eye!.iris[0] * 3;
  return [cropColumn(frame, points[i]!, points[i + 1]!), cropRow(frame, points[i]!, points[i + 1]!)];
}

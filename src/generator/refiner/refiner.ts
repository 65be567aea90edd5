import type { Frame } from '../../core/frame.js';
import type { DriverView, TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { FACE_LOWER, FACE_UPPER } from '../../geometry/face-topology.js';
import { createOpening, fitOpening } from '../../geometry/opening.js';
import type { Lender } from '../few-shot/album.js';
import { sampleGrain, type Grain } from '../grain.js';
import { facePalette } from '../palette.js';
import type { NetworkTier } from '../tensor/manifest.js';
import { compositeCrop, type LentPicture } from './composite.js';
import { createControls, readControls, weaken, weakenInside, weakenWarpInside, type Controls } from './controls.js';
import { PatchKeeper } from './crop-box.js';
import { fitCropFrame } from './crop-frame.js';
import { RegionCrop } from './crops.js';
import { NETWORK_REGIONS, TIER_NETWORKS, type PerNetwork, type RefinerHeads } from './heads.js';
import { keepInside } from './keep-inside.js';
import { keepOffFeatures } from './keep-off-features.js';
import { keepToFace } from './keep-to-face.js';
import { keepToSkin } from './keep-to-skin.js';
import { LocalTones } from './local-tones.js';
import { LentSource } from './lent-source.js';
import { HEAD_CHANNELS } from './network.js';
import { packCrop, PACKED_CHANNELS } from './pack.js';
import { FACE_REGION, REFINER_REGIONS, regionUnit, shareAt, type AnyNetwork, type RefinerRegion } from './regions.js';
import type { Patch } from './sample-crop.js';

/** How far the driver's pixels fade in or out within one frame. */
const EASE = 0.25;

/** The driver's pixels show teeth most of all, and enamel is smoother than skin. */
const ENAMEL_GRAIN = 0.5;
/** Side of the square on which grain is measured, pixels. */
const GRAIN_SAMPLES = 64;

/** Frames that may be under way at the same time: while networks work on one, the next one's draft is drawn. */
export const REFINER_OVERLAP = 2;

/** One region of one frame, with everything that is kept for it. */
interface Part {
  readonly crop: RegionCrop;
  /** Made when another photo lends for the first time. */
  lent: LentSource | undefined;
  /** Place in its network's batch. */
  readonly place: number;
  readonly unit: number;
  readonly keeper: PatchKeeper;
  readonly controls: Controls;
  warped: Patch | undefined;
}

/**
 * Corrects a draft: a small network looks at mouth and eyes of each frame and says what to take from draft, warp and driver, and
 * with which tones. The pictures themselves are mixed at the portrait's own resolution. In `high` another one shades the rest of the face.
 *
 * For each frame call {@link Refiner.keep} when the photo has been warped and {@link Refiner.refine} when the draft is finished.
 * The next frame's turn comes when `refine` has returned its promise; {@link REFINER_OVERLAP} promises may be open.
 */
export class Refiner {
  /** Parts of the frames under way. */
  readonly #slots: readonly (readonly Part[])[];
  /** Of the tier's networks only. */
  readonly #inputs: PerNetwork<AnyNetwork>;
  readonly #opening = createOpening();
  readonly #outline = createOpening();
  readonly #localTones = new LocalTones(FACE_REGION.rows, FACE_REGION.cols);
  readonly #grain: Grain;
  /** Strength of the portrait's grain and of the driver's, luminance levels of their own pixels. */
  readonly #grainLevel: number;
  #driverGrainLevel = 0;
  readonly #skin: number;
  #slot = 0;
  #flow: FlowField | undefined;
  #lenders: readonly Lender[] = [];
  #unsmeared = 1;
  /** 0..1: how much of the driver's pixels may show; unknown before the first frame. */
  #presence: number | undefined;

  /** @param heads - with the same sitter in them; stay owned by the caller. */
  constructor(
    photo: SourcePhoto,
    private readonly heads: RefinerHeads,
    tier: NetworkTier = 'standard',
  ) {
    const regions: readonly RefinerRegion[] = tier === 'high' ? [FACE_REGION, ...REFINER_REGIONS] : REFINER_REGIONS;
    const part = (region: RefinerRegion): Part => ({
      crop: new RegionCrop(region, photo),
      lent: undefined,
      place: NETWORK_REGIONS[region.network].indexOf(region),
      unit: regionUnit(region, photo.state.canonical),
      keeper: new PatchKeeper(),
      controls: createControls(region.rows, region.cols),
      warped: undefined,
    });
    this.#slots = Array.from({ length: REFINER_OVERLAP }, () => regions.map(part));
    const input = (name: AnyNetwork): Float32Array => new Float32Array(NETWORK_REGIONS[name].reduce((sum, region) => sum + elements(region, PACKED_CHANNELS), 0));
    this.#inputs = Object.fromEntries(TIER_NETWORKS[tier].map((name) => [name, input(name)])) as PerNetwork<AnyNetwork>;
    this.#grain = sampleGrain(photo.frame, photo.points);
    this.#grainLevel = grainLevel(this.#grain);
    this.#skin = facePalette(photo.frame, photo.points).skin;
  }

  /** The driver at rest gives the size of the driver's crops. */
  setDriverReference(view: DriverView): void {
    for (const { crop } of this.#slots.flat()) crop.setDriverReference(view);
    this.#driverGrainLevel = grainLevel(sampleGrain(view.frame, view.points));
  }

  /**
   * Remembers the warped photo under the crops, before eyes and mouth are painted over it.
   *
   * @param lenders - other photos that lie over it.
   * @param unsmeared - 0..1: how much of what it shows between the lips is no smear.
   */
  keep(target: TargetFace, flow: FlowField, warped: Frame, lenders: readonly Lender[] = [], unsmeared = 1): void {
    this.#slot = (this.#slot + 1) % REFINER_OVERLAP;
    this.#flow = flow;
    this.#lenders = lenders;
    this.#unsmeared = unsmeared;
    for (const part of this.#slots[this.#slot]!) {
      const { crop, unit, keeper } = part;
      part.warped = keeper.keep(warped, fitCropFrame(crop.region, target.points, target.scale, unit, this.#opening, crop.frame));
    }
  }

  /**
   * Corrects a finished draft in place.
   *
   * @param driver - absent: the driver's pixels may not be used.
   */
  async refine(target: TargetFace, driver: DriverView | undefined, out: Frame): Promise<void> {
    const parts = this.#slots[this.#slot]!;
    const flow = this.#flow!;
    const unsmeared = this.#unsmeared;
    const presence = this.#easePresence(target, driver);
    const lender = presence > 0 ? driver : undefined;
    for (const part of parts) {
      const { crop, warped, place } = part;
      if (this.#lenders.length > 0) part.lent ??= new LentSource(crop);
      crop.fill({ target, flow, warped: warped!, draft: out, driver: lender });
      part.lent?.mix(target, this.#lenders);
      const { region } = crop;
      packCrop(crop.data, region.rows, region.cols, this.#inputs[region.network], place * elements(region, PACKED_CHANNELS));
    }
    const heads = await this.heads.run(this.#inputs);
    const outline = fitOpening(target.points, FACE_UPPER, FACE_LOWER, this.#outline);
    const features = parts.filter(({ crop }) => !crop.region.spared).map(({ crop }) => crop.frame);
    for (const { crop, place, controls, warped } of parts) {
      const { region, frame, data } = crop;
      readControls(heads[region.network], place * elements(region, HEAD_CHANNELS), data, presence, controls);
      if (region.network === 'mouth') {
        keepInside(controls, data);
        weakenWarpInside(controls, data, unsmeared);
      }
      weaken(controls, shareAt(region, crop.opening, presence));
      if (region.inside !== undefined) weakenInside(controls, data, region.inside);
      if (region.spared) {
        keepToSkin(controls, data);
        this.#localTones.keep(controls);
        keepOffFeatures(controls, frame, features);
      } else keepToFace(controls, frame, outline);
      compositeCrop(controls, frame, warped!, lender && this.#lend(lender, crop), out);
    }
  }

  /** The driver's pixels come and go within a few frames; where there is no picture, at once. */
  #easePresence({ confidence }: TargetFace, driver: DriverView | undefined): number {
    const seen = driver !== undefined && confidence >= 1;
    const before = driver === undefined ? 0 : (this.#presence ?? (seen ? 1 : 0));
    this.#presence = Math.min(1, Math.max(0, before + (seen ? EASE : -EASE)));
    return this.#presence;
  }

  #lend(driver: DriverView, crop: RegionCrop): LentPicture {
    const { driverFrame, frame, grade } = crop;
    // Pixels that are averaged or stretched lose their grain; what is missing is taken from the portrait's.
    const zoom = driverFrame.pixel / frame.pixel;
    const own = this.#driverGrainLevel * grade.gain[1] * Math.min(zoom, 1 / zoom);
    const missing = Math.sqrt(Math.max(0, 1 - (own / this.#grainLevel) ** 2));
    return { picture: driver.frame, frame: driverFrame, grade, grain: this.#grain, grainShare: ENAMEL_GRAIN * missing, skin: this.#skin };
  }
}

/** Root mean square of a grain, luminance levels; never 0. */
function grainLevel(grain: Grain): number {
  let sum = 0;
  for (let y = 0; y < GRAIN_SAMPLES; y++) for (let x = 0; x < GRAIN_SAMPLES; x++) sum += grain.at(x, y) ** 2;
  return Math.sqrt(sum) / GRAIN_SAMPLES + 1e-3;
}

/** Elements that a region takes in a batch at half resolution. */
function elements({ rows, cols }: { readonly rows: number; readonly cols: number }, channels: number): number {
  return (rows / 2) * (cols / 2) * channels;
}

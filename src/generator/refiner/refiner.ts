import type { Frame } from '../../core/frame.js';
import type { DriverView, TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { createOpening } from '../../geometry/opening.js';
import { sampleGrain, type Grain } from '../grain.js';
import { facePalette } from '../palette.js';
import type { TensorBackend } from '../tensor/types.js';
import type { Weights } from '../tensor/weights.js';
import { compositeCrop, type LentPicture } from './composite.js';
import { createControls, readControls, type Controls } from './controls.js';
import { PatchKeeper } from './crop-box.js';
import { fitCropFrame } from './crop-frame.js';
import { RegionCrop, sitterCrop } from './crops.js';
import { packCrop } from './pack.js';
import { REFINER_REGIONS, regionUnit, type RefinerNetwork } from './regions.js';
import { RegionNetwork } from './region-network.js';
import type { Patch } from './sample-crop.js';

/** How far the driver's pixels fade in or out within one frame. */
const EASE = 0.25;

/** One region with everything that is kept for it. */
interface Part {
  readonly crop: RegionCrop;
  readonly network: RegionNetwork;
  /** Place in the network's batch. */
  readonly place: number;
  readonly unit: number;
  readonly keeper: PatchKeeper;
  readonly controls: Controls;
  warped: Patch | undefined;
}

/**
 * Corrects a draft: a small network looks at mouth and eyes of each frame and says what to take from draft, warp and driver, and
 * with which tones. The pictures themselves are mixed at the portrait's own resolution.
 *
 * Call {@link Refiner.keep} when the photo has been warped and {@link Refiner.refine} when the draft is finished.
 */
export class Refiner {
  readonly #parts: readonly Part[];
  readonly #networks: readonly RegionNetwork[];
  readonly #opening = createOpening();
  readonly #grain: Grain;
  readonly #skin: number;
  #flow: FlowField | undefined;
  /** 0..1: how much of the driver's pixels may show in this frame; unknown before the first. */
  #presence: number | undefined;

  /**
   * @param sources - the first one is drawn; all of them tell the networks who the sitter is.
   * @param weights - of a refiner's two networks; stay owned by the caller.
   * @throws VivantError `MODEL_CORRUPT` when they are something else.
   */
  constructor(sources: readonly [SourcePhoto, ...SourcePhoto[]], backend: TensorBackend, weights: Weights) {
    const [photo] = sources;
    const made: RegionNetwork[] = [];
    const make = (name: RefinerNetwork): RegionNetwork => {
      const regions = REFINER_REGIONS.filter(({ network }) => network === name);
      // Both eyes look at the world with one vector.
      const sitter = regions.flatMap((region) => sources.map((source) => sitterCrop(region, source)));
      const network = new RegionNetwork(backend, (tensor) => weights.get(`${name}.${tensor}`), regions[0]!, regions.length, sitter);
      made.push(network);
      return network;
    };
    try {
      const networks: Readonly<Record<RefinerNetwork, RegionNetwork>> = { mouth: make('mouth'), eye: make('eye') };
      this.#parts = REFINER_REGIONS.map((region) => ({
        crop: new RegionCrop(region, photo),
        network: networks[region.network],
        place: REFINER_REGIONS.filter(({ network }) => network === region.network).indexOf(region),
        unit: regionUnit(region, photo.state.canonical),
        keeper: new PatchKeeper(),
        controls: createControls(region.rows, region.cols),
        warped: undefined,
      }));
    } catch (error) {
      for (const network of made) network.dispose();
      throw error;
    }
    this.#networks = made;
    this.#grain = sampleGrain(photo.frame, photo.points);
    this.#skin = facePalette(photo.frame, photo.points).skin;
  }

  /** The driver at rest gives the size of the driver's crops. */
  setDriverReference(view: DriverView): void {
    for (const { crop } of this.#parts) crop.setDriverReference(view);
  }

  /** Remembers the warped photo under the crops, before eyes and mouth are painted over it. */
  keep(target: TargetFace, flow: FlowField, warped: Frame): void {
    this.#flow = flow;
    for (const part of this.#parts) {
      const { crop, unit, keeper } = part;
      part.warped = keeper.keep(warped, fitCropFrame(crop.region, target.points, target.scale, unit, this.#opening, crop.frame));
    }
  }

  /**
   * Corrects mouth and eyes of a finished draft in place.
   *
   * @param driver - absent: the driver's pixels may not be used.
   */
  async refine(target: TargetFace, driver: DriverView | undefined, out: Frame): Promise<void> {
    const flow = this.#flow!;
    const presence = this.#easePresence(target, driver);
    const lender = presence > 0 ? driver : undefined;
    for (const { crop, network, place, warped } of this.#parts) {
      crop.fill({ target, flow, warped: warped!, draft: out, driver: lender });
      packCrop(crop.data, crop.region.rows, crop.region.cols, network.input, place * network.inputSize);
    }
    // Both are on their way before the first answer is waited for: a graphics card then works without a pause.
    const heads = await Promise.all(this.#networks.map((network) => network.run()));
    for (const { crop, network, place, controls, warped } of this.#parts) {
      readControls(heads[this.#networks.indexOf(network)]!, place * network.headSize, crop.data, presence, controls);
      compositeCrop(controls, crop.frame, warped!, lender && this.#lend(lender, crop), out);
    }
  }

  dispose(): void {
    for (const network of this.#networks) network.dispose();
  }

  /** The driver's pixels come and go within a few frames; where there is no picture, at once. */
  #easePresence({ confidence }: TargetFace, driver: DriverView | undefined): number {
    const seen = driver !== undefined && confidence >= 1;
    const before = driver === undefined ? 0 : (this.#presence ?? (seen ? 1 : 0));
    this.#presence = Math.min(1, Math.max(0, before + (seen ? EASE : -EASE)));
    return this.#presence;
  }

  #lend(driver: DriverView, crop: RegionCrop): LentPicture {
    return { picture: driver.frame, frame: crop.driverFrame, grade: crop.grade, grain: this.#grain, grainShare: 0, skin: this.#skin };
  }
}

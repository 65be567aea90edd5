import type { DriverView, TargetFace } from '../core/motion.js';
import type { Frame } from '../core/frame.js';
import type { Generator, SourcePhoto } from '../core/ports.js';
import type { FlowField } from '../geometry/flow-field.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../geometry/face-topology.js';
import { createOpening, fitOpening, openingHeight } from '../geometry/opening.js';
import { EyePainter } from './eyes/paint.js';
import { PhotoChoice } from './few-shot/choice.js';
import { PhotoLayer } from './few-shot/photo-layer.js';
import { FoldShader } from './folds/fold-shader.js';
import { sampleGrain } from './grain.js';
import { mouthRest } from './mouth/frame.js';
import type { MouthInterior } from './mouth/interior.js';
import { MouthPainter } from './mouth/paint.js';
import { PictureInterior } from './mouth/picture-interior.js';
import { AtlasInterior, type TeethAtlas } from './mouth/teeth-atlas.js';
import { facePalette } from './palette.js';
import type { TensorBackend } from './tensor/types.js';
import { createWarp } from './warp/warp.js';

/** A photo whose lips are parted by this share of the mouth's width shows its owner's teeth. */
const PARTED = 0.08;

/** The draft, open to a refiner that builds on it. */
export interface DraftGenerator extends Generator {
  /** @param onWarped - sees the flow, and `out` when the photo has been warped into it but eyes and mouth are not painted yet. */
  render(target: TargetFace, driver: DriverView | undefined, out: Frame, onWarped?: (flow: FlowField) => void): Promise<void>;
}

export interface DraftOptions {
  readonly driverPixels: boolean;
  readonly teeth?: TeethAtlas;
  readonly backend?: TensorBackend;
  /** Frames are pictures of their own: photos that lend regions don't fade in and out. Default false. */
  readonly still?: boolean;
}

/** The generator without a network: warp, then eyes, mouth and folds by classical image work. */
export function createDraftGenerator(
  sources: readonly [SourcePhoto, ...SourcePhoto[]],
  options: DraftOptions,
): DraftGenerator {
  const [photo, ...others] = sources;
  const warp = createWarp(photo, options.backend);
  const sitter = { rest: mouthRest(photo.state), palette: facePalette(photo.frame, photo.points) };
  const parted = sources.map(showsTeeth);
  const own = sources.filter((_, k) => parted[k]).map((source): MouthInterior => {
    const lender = { rest: mouthRest(source.state), palette: facePalette(source.frame, source.points), still: true };
    return new PictureInterior(sitter, lender, () => source);
  });
  const rendered = options.teeth ? [new AtlasInterior(sitter, options.teeth)] : [];
  const interiors: MouthInterior[] = [...own, ...rendered];
  const mouth = new MouthPainter(sitter.palette, sampleGrain(photo.frame, photo.points), interiors);
  const eyes = new EyePainter(photo);
  const layers = others.map((other) => new PhotoLayer(photo, other));
  const choice = new PhotoChoice(sources.map((source) => source.state), options.still ? 1 : undefined);
  const folds = new FoldShader(photo);
  return {
    quality: 'draft',
    setDriverReference(view) {
      if (!options.driverPixels) return;
      folds.setReference(view);
      const lender = { rest: mouthRest(view.state), palette: facePalette(view.frame, view.points), still: false };
      interiors.splice(own.length, interiors.length, new PictureInterior(sitter, lender, (driver) => driver), ...rendered);
    },
    async render(target, driver, out, onWarped) {
      const lender = options.driverPixels ? driver : undefined;
      const flow = warp.field(target);
      await warp.apply(out, folds.gains(lender));
      onWarped?.(flow);
      eyes.paint(target, out);
      if (layers.length > 0) choice.update(target);
      layers.forEach((layer, k) => {
        layer.draw(target, { mouth: choice.opacity.mouth[k + 1]!, eyes: choice.opacity.eyes[k + 1]! }, out);
      });
      const covered = choice.opacity.mouth.reduce((sum, share, k) => sum + (parted[k] ? share : 0), 0);
      mouth.paint(target, lender, out, 1 - covered);
    },
    close() {
      warp.close();
      return Promise.resolve();
    },
  };
}

function showsTeeth(photo: SourcePhoto): boolean {
  return openingHeight(fitOpening(photo.points, INNER_LIP_UPPER, INNER_LIP_LOWER, createOpening())) > PARTED;
}

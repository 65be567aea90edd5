import type { DriverView, TargetFace } from '../core/motion.js';
import type { Frame } from '../core/frame.js';
import type { Generator, SourcePhoto } from '../core/ports.js';
import type { FlowField } from '../geometry/flow-field.js';
import { INNER_LIP_LOWER, INNER_LIP_UPPER } from '../geometry/face-topology.js';
import { createOpening, fitOpening } from '../geometry/opening.js';
import { EyePainter } from './eyes/paint.js';
import { Album, type Lender } from './few-shot/album.js';
import { DriverShading } from './shading/driver-shading.js';
import { sampleGrain } from './grain.js';
import { withSeenTeeth } from './mouth/enamel.js';
import { mouthRest } from './mouth/frame.js';
import type { MouthInterior } from './mouth/interior.js';
import { MouthPainter } from './mouth/paint.js';
import { PictureInterior, type MouthLender } from './mouth/picture-interior.js';
import { mouthShape, shapeLikeness, type MouthShape } from './mouth/shape.js';
import { AtlasInterior, type TeethAtlas } from './mouth/teeth-atlas.js';
import { facePalette } from './palette.js';
import { createWarp } from './warp/warp.js';

/** A photo whose lips are parted by this share of the mouth's width shows its owner's teeth. */
const PARTED = 0.08;

const FPS = 25;

const OPENING = createOpening();

/** The draft, open to a refiner that builds on it. */
export interface DraftGenerator extends Generator {
  /**
   * @param onWarped - sees the flow, the other photos that lend to this frame, how much of what they all show between the lips is no smear (0..1), and `out` when all
   * of them have been warped into it but eyes and mouth are not painted yet.
   */
  render(target: TargetFace, driver: DriverView | undefined, out: Frame, onWarped?: (flow: FlowField, lenders: readonly Lender[], unsmeared: number) => void): Promise<void>;
}

export interface DraftOptions {
  readonly driverPixels: boolean;
  readonly teeth?: TeethAtlas;
  /** Frames a second: photos that lend regions take turns smoothly in time. 0: frames are pictures of their own. Default 25. */
  readonly fps?: number;
}

/** The generator without a network: warp, then eyes, mouth and shading by classical image work. */
export function createDraftGenerator(
  sources: readonly [SourcePhoto, ...SourcePhoto[]],
  options: DraftOptions,
): DraftGenerator {
  const [photo] = sources;
  const warp = createWarp(photo);
  const shapes = sources.map(({ points, state }) => shapeOf(points, state.scale));
  const parted = shapes.map(({ height }) => height > PARTED);
  const showing = sources.filter((_, k) => parted[k]);
  const sitter = { rest: mouthRest(photo.state), palette: withSeenTeeth(showing, facePalette(photo.frame, photo.points)) };
  const own = showing.map((source): MouthInterior => {
    return new PictureInterior(sitter, mouthLender(source, [source], true), () => source);
  });
  const rendered = options.teeth ? [new AtlasInterior(sitter, options.teeth)] : [];
  const interiors: MouthInterior[] = [...own, ...rendered];
  const mouth = new MouthPainter(sitter.palette, sampleGrain(photo.frame, photo.points), interiors);
  const eyes = new EyePainter(photo);
  const album = sources.length > 1 ? new Album(sources, options.fps ?? FPS) : undefined;
  const shading = new DriverShading(sources);
  /** How well parted lips of a photo suit a target: where they are opened otherwise, what lies between them is a smear. */
  const suits = (target: MouthShape, k: number): number => shapeLikeness(target, shapes[k]!);
  /** Share of the mouth that other photos with parted lips fill. */
  const lentTeeth = (target: MouthShape): number =>
    album?.shares.mouth.reduce((sum, share, k) => sum + (k > 0 && parted[k] ? share * suits(target, k) : 0), 0) ?? 0;
  /** Share of what shows between the lips that is no smear. Of several photos the nearest are there, and their mean is as near to the truth as anything. */
  const unsmeared = (target: MouthShape): number => (album || !parted[0] ? 1 : suits(target, 0));
  return {
    quality: 'draft',
    setDriverReference(view, rest) {
      if (!options.driverPixels) return;
      shading.setRest(rest ?? { views: [view], shares: sources.map(() => Float32Array.of(1)) });
      const lender = mouthLender(view, rest?.views ?? [view], false);
      interiors.splice(own.length, interiors.length, new PictureInterior(sitter, lender, (driver) => driver), ...rendered);
    },
    async render(target, driver, out, onWarped) {
      const lender = options.driverPixels ? driver : undefined;
      const flow = warp.field(target);
      shading.observe(lender);
      warp.apply(out, shading.gains(0));
      const lenders = album?.choose(target) ?? [];
      album?.draw(out, shading);
      const shape = shapeOf(target.points, target.scale);
      onWarped?.(flow, lenders, unsmeared(shape));
      eyes.paint(target, out, 1, album?.shares.eyes[0]);
      album?.paintEyes(target, out);
      mouth.paint(target, lender, out, 1 - lentTeeth(shape));
    },
    close() {
      return Promise.resolve();
    },
  };
}

/**
 * @param view - the face at rest.
 * @param views - pictures of it in which teeth may show.
 */
function mouthLender(view: SourcePhoto, views: readonly SourcePhoto[], still: boolean): MouthLender {
  return { rest: mouthRest(view.state), palette: withSeenTeeth(views, facePalette(view.frame, view.points)), still };
}

function shapeOf(points: Float32Array, scale: number): MouthShape {
  return mouthShape(fitOpening(points, INNER_LIP_UPPER, INNER_LIP_LOWER, OPENING), scale);
}

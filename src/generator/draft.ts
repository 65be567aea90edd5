import type { Generator, SourcePhoto } from '../core/ports.js';
import { EyePainter } from './eyes/paint.js';
import { FoldShader } from './folds/fold-shader.js';
import { sampleGrain } from './grain.js';
import { mouthRest } from './mouth/frame.js';
import type { MouthInterior } from './mouth/interior.js';
import { MouthPainter } from './mouth/paint.js';
import { PictureInterior } from './mouth/picture-interior.js';
import { facePalette } from './palette.js';
import { createWarp } from './warp/warp.js';

/** The generator without a network. */
export function createDraftGenerator(sources: readonly [SourcePhoto, ...SourcePhoto[]]): Generator {
  const [photo] = sources;
  const warp = createWarp(photo);
  const sitter = { rest: mouthRest(photo.state), palette: facePalette(photo.frame, photo.points) };
  const interiors: MouthInterior[] = [];
  const mouth = new MouthPainter(sitter.palette, sampleGrain(photo.frame, photo.points), interiors);
  const eyes = new EyePainter(photo);
  const folds = new FoldShader(photo);
  return {
    quality: 'draft',
    setDriverReference(view) {
      folds.setReference(view);
      interiors.unshift(new PictureInterior(sitter, { rest: mouthRest(view.state), palette: facePalette(view.frame, view.points) }, (driver) => driver));
    },
    render(target, driver, out) {
      warp.field(target);
      warp.apply(out, folds.gains(driver));
      eyes.paint(target, out);
      mouth.paint(target, driver, out);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

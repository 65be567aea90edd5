import { resolve } from 'node:path';
import type { Box } from '../../core/frame.js';
import { throwIfAborted } from '../../animator/cancel.js';
import { clipIngredients, disclosureRecord, openSigner } from '../../animator/disclose.js';
import { driverKind } from '../../animator/open-driver.js';
import { drawFrames, openScene } from '../../animator/scene.js';
import type { Toolbox } from '../../animator/tools.js';
import { resolveClip } from '../../options.js';
import { markCode } from '../../provenance/mark-code.js';
import { type BandMarker, createBandMarker, type Marker, type MarkerOptions } from '../../provenance/marker.js';
import { tagsFor } from '../../provenance/tags.js';
import type { AttackJob } from '../job.js';
import type { Label } from '../label.js';
import { openLevels } from './level-files.js';
import { SquareView, squareOf } from './square-view.js';

/** What both kinds of clip fill in; the rest of a label follows from the job. */
export type ClipFacts = Pick<Label, 'clip' | 'mark' | 'framesSha256' | 'files' | 'models'>;

export interface ClipTools {
  readonly toolbox: Toolbox;
  readonly folder: string;
  readonly root: string;
  readonly signal: AbortSignal | undefined;
  /** Frames drawn so far, and how many there will be. */
  readonly onFrame: (frame: number, frames: number | undefined) => void;
}

/** portrait and driver -> motion -> generator -> square -> marks, badge in the band -> one encoder for each level -> signatures. */
export async function makeAttack(job: AttackJob, { toolbox, folder, root, signal, onFrame }: ClipTools): Promise<ClipFacts> {
  const { subject, driver, settings, geometry, levels } = job;
  const clip = resolveClip({
    portraits: subject.photos.map(({ path }) => resolve(root, path)),
    driving: resolve(root, driver.video.path),
    rights: subject.rights,
    drivingRights: driver.rights.basis,
    ...settings,
    ...(subject.landmarks === undefined ? {} : { landmarks: resolve(root, subject.landmarks.path) }),
    size: geometry.render,
    start: driver.start,
    end: driver.end,
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ stage, frame, frames }) => stage === 'animate' && onFrame(frame, frames),
  });
  const payload = Number.parseInt(job.key.slice(0, 8), 16);
  const [tools, signer] = await Promise.all([toolbox.open(), openSigner(toolbox.options)]);
  const view: { square?: SquareView; marker?: BandMarker; face?: Box } = {};
  const scene = await openScene(clip, await driverKind(clip), 'mp4', payload, tools, (options) => markSquare(options, job, view));
  try {
    const record = { ...disclosureRecord(clip, scene.driver, scene.generator, payload), title: `${subject.rights.subject}, animated for the corpus ${job.corpus}`, driver: driver.rights };
    const { width, height, driver: performance } = scene;
    const files = await openLevels({ folder, levels, width, height, fps: performance.fps, tags: tagsFor(record), signal });
    try {
      for await (const frame of drawFrames(scene)) await files.write(frame);
      await files.finish();
      throwIfAborted(signal);
      const sealed = await files.seal({ record, ingredients: await clipIngredients(clip, scene.sitter), signer });
      const { picture, band } = view.marker!;
      return {
        clip: { frames: files.frames, fps: performance.fps, width, height, picture, band, face: view.face! },
        mark: { kind: 'mark', code: markCode(payload), decoySeed: null, decoyFrames: [] },
        framesSha256: files.digest(),
        files: sealed,
        models: { landmarks: tools.detector.model.sha256, refiner: record.refiner?.sha256 ?? null },
      };
    } catch (error) {
      await files.abort();
      throw error;
    }
  } finally {
    await scene.close();
  }
}

/** Cuts the square around the face before the marks are laid: they must not be scaled. */
function markSquare({ width, height, payload, face }: MarkerOptions, { geometry }: AttackJob, view: { square?: SquareView; marker?: BandMarker; face?: Box }): Marker {
  const { side, margin } = geometry;
  const square = new SquareView(squareOf(face!, margin, { width, height }), side);
  // One language, so that the same job gives the same frames everywhere.
  const marker = createBandMarker({ width: side, height: side, payload, language: 'en' });
  Object.assign(view, { square, marker, face: square.place(face!) });
  return { ...marker, mark: (frame) => marker.mark({ ...square.draw(frame), index: frame.index, time: frame.time }) };
}

import { randomInt } from 'node:crypto';
import { asAborted, throwIfAborted } from './animator/cancel.js';
import { drawFaces } from './animator/face-overlay.js';
import { checkOutput, publish, writeFileOnce } from './animator/output-file.js';
import { FACES_STAGES, StageClock } from './animator/stage-clock.js';
import { VivantError } from './core/errors.js';
import type { Frame } from './core/frame.js';
import type { FaceLandmarks } from './core/landmarks.js';
import { toHeadAngles } from './geometry/rotation.js';
import { assessFace } from './landmarks/assess.js';
import { blankPointsFile, faceToPointsFile, formatPointsFile } from './landmarks/points/points-file.js';
import { selectFace } from './landmarks/select.js';
import { outputFormat } from './media/format.js';
import { readImage, type ReadImage } from './media/image.js';
import { createSink } from './media/sink.js';
import { CLIP_SPECS, DEFAULT_LONGER_SIDE, type FaceChoice } from './option-specs.js';
import { invalidOption, resolve } from './options.js';
import { createMarker } from './provenance/marker.js';
import type { FaceReport, FacesReport } from './reports.js';
import { startLandmarkWorker } from './workers/landmark-client.js';

/** Options of {@link detectFaces}. @public */
export interface DetectFacesOptions {
  /**
   * `.png`: the picture with every face's mesh drawn over it (it carries badge and invisible mark like everything this
   * package writes). `.json`: an editable landmark file of one face, or a template to fill in when there is none.
   */
  readonly output?: string;
  /** Which face goes into a landmark file. Default `largest`. */
  readonly face?: FaceChoice;
  /** Replace an existing output. Default false. */
  readonly force?: boolean;
  /** Stops the work; nothing is left behind. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the faces of a picture, also small ones in a large painting.
 *
 * @returns Boxes in pixels of the file's own size; no faces is no error
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `INVALID_OPTION`, `FACE_INDEX`, `ABORTED`;
 * `NO_FACE` for an overlay of nothing
 * @public
 */
export async function detectFaces(image: string, options: DetectFacesOptions = {}): Promise<FacesReport> {
  const { output, signal } = options;
  const { face } = resolve({ face: CLIP_SPECS.face }, options, ['output', 'force', 'signal']);
  const force = options.force ?? false;
  const isPoints = output !== undefined && /\.json$/i.test(output);
  if (output !== undefined && !isPoints && !/\.png$/i.test(output)) throw invalidOption('output', 'a path that ends in .png or .json', output);
  try {
    throwIfAborted(signal);
    const clock = new StageClock(FACES_STAGES);
    if (output !== undefined) await checkOutput(output, isPoints ? 'json' : outputFormat(output), force);
    const picture = await clock.measureAsync('read', () => readImage(image, { maxSide: DEFAULT_LONGER_SIDE }));
    const faces = await clock.measureAsync('detect', () => findFaces(picture.frame));
    throwIfAborted(signal);
    if (output !== undefined) {
      const write = (): Promise<void> => (isPoints ? writeFileOnce(output, pointsText(picture, faces, face), force) : writeOverlay(picture, faces, output, force, signal));
      await clock.measureAsync('write', write);
    }
    const scale = picture.nativeWidth / picture.frame.width;
    return {
      file: image,
      width: picture.nativeWidth,
      height: picture.nativeHeight,
      faces: faces.map((found, index) => describe(found, index, picture, scale)),
      output: output ?? null,
      stages: clock.seconds(),
    };
  } catch (error) {
    throw asAborted(error, signal);
  }
}

async function findFaces(picture: Frame): Promise<readonly FaceLandmarks[]> {
  const detector = await startLandmarkWorker();
  return detector.detect(picture, { thorough: true }).finally(() => detector.close());
}

function describe(face: FaceLandmarks, index: number, { frame }: ReadImage, scale: number): FaceReport {
  const { x, y, width, height } = face.box;
  const { yaw, pitch, roll } = toHeadAngles(face.rotation);
  const tenths = (value: number): number => Math.round(value * 10) / 10;
  return {
    index,
    box: { x: x * scale, y: y * scale, width: width * scale, height: height * scale },
    angles: { yaw: tenths(yaw), pitch: tenths(pitch), roll: tenths(roll) },
    warnings: assessFace(face, frame).map(({ code, message }) => ({ code, message })),
  };
}

function pointsText({ frame, nativeWidth, nativeHeight }: ReadImage, faces: readonly FaceLandmarks[], choice: FaceChoice): string {
  const size = { width: nativeWidth, height: nativeHeight };
  if (faces.length === 0) return formatPointsFile(blankPointsFile(size));
  const face = selectFace(faces, choice);
  const scale = nativeWidth / frame.width;
  return formatPointsFile(faceToPointsFile({ ...face, points: face.points.map((value) => value * scale) }, size));
}

async function writeOverlay(
  { frame }: ReadImage,
  faces: readonly FaceLandmarks[],
  output: string,
  force: boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [largest] = faces;
  if (largest === undefined) {
    throw new VivantError('NO_FACE', 'Expected a face to draw but found none, also after zooming in. An output that ends in .json gives a landmark template to fill in.');
  }
  const { width, height } = frame;
  const overlay = { width, height, data: frame.data.slice() };
  drawFaces(overlay, faces);
  const marker = createMarker({ width, height, payload: randomInt(2 ** 32), face: largest.box });
  const sink = await createSink({ format: 'png', path: output, width, height, fps: 1, tags: {}, signal });
  try {
    await sink.write(marker.mark({ ...overlay, index: 0, time: 0 }));
    await publish({ path: await sink.finish(), sidecar: undefined }, output, 'png', force);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

import { VivantError } from '../core/errors.js';
import type { Box, Frame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import type { LandmarkDetector, SourcePhoto } from '../core/ports.js';
import { assessFace, type FaceWarning } from '../landmarks/assess.js';
import { readPointsFile } from '../landmarks/points/points-file.js';
import { registerPhotos } from '../landmarks/registration/photos.js';
import { selectFace } from '../landmarks/select.js';
import { readImage, type ReadImage } from '../media/image.js';
import { faceState } from '../motion/face-state.js';
import { DEFAULT_LONGER_SIDE, type FaceChoice } from '../option-specs.js';

export interface PortraitOptions {
  readonly paths: readonly string[];
  readonly size: 'native' | number;
  /** Crop odd sides by one pixel, for encoders that halve the colour resolution. */
  readonly evenSides: boolean;
  readonly face: FaceChoice;
  /** Landmark file of the first portrait. */
  readonly landmarks: string | undefined;
}

/** One portrait file, for reports and the manifest. */
export interface PortraitFile {
  readonly path: string;
  readonly sha256: string;
  readonly mime: string;
}

/** Which face of the first portrait is animated. @public */
export interface AnimatedFace {
  /** Place among the faces of the portrait, sorted by area, from 0. */
  readonly index: number;
  /** How many faces the portrait shows; 1 when the landmarks came from a file. */
  readonly of: number;
  /** Pixels of the result. */
  readonly box: Box;
}

/** The sitter, ready for motion and generator. */
export interface Sitter {
  /** The first one is the canvas. */
  readonly photos: readonly [SourcePhoto, ...SourcePhoto[]];
  readonly face: AnimatedFace;
  readonly warnings: readonly FaceWarning[];
  readonly files: readonly PortraitFile[];
}

/**
 * Reads the portraits and finds the sitter's face in each of them.
 *
 * @throws VivantError `NO_FACE`, `FACE_INDEX`, `INVALID_LANDMARKS`, and what reading an image throws
 */
export async function readSitter(options: PortraitOptions, detector: LandmarkDetector): Promise<Sitter> {
  const [canvasPath, ...otherPaths] = options.paths;
  if (canvasPath === undefined) throw new VivantError('INVALID_OPTION', 'Expected at least one portrait but received none.');
  const canvas = await readImage(canvasPath, options.size === 'native' ? {} : { maxSide: options.size });
  const frame = options.evenSides ? cropToEven(canvas.frame) : canvas.frame;
  const found = await canvasFace(canvas, canvasPath, options, detector);
  const photos: [SourcePhoto, ...SourcePhoto[]] = [photo(frame, found.face)];
  const files = [{ path: canvasPath, sha256: canvas.sha256, mime: canvas.mime }];
  for (const path of otherPaths) {
    const image = await readImage(path, { maxSide: Math.max(frame.width, frame.height) });
    const faces = await detector.detect(image.frame, { thorough: true });
    photos.push(photo(image.frame, chooseFace(faces, 'largest', path)));
    files.push({ path, sha256: image.sha256, mime: image.mime });
  }
  return { photos: registerPhotos(photos), face: { index: found.index, of: found.of, box: found.face.box }, warnings: found.warnings, files };
}

interface Found {
  readonly face: FaceLandmarks;
  readonly index: number;
  readonly of: number;
  readonly warnings: readonly FaceWarning[];
}

async function canvasFace(canvas: ReadImage, path: string, { landmarks, face }: PortraitOptions, detector: LandmarkDetector): Promise<Found> {
  if (landmarks !== undefined) {
    const placed = await readPointsFile(landmarks, canvas.frame);
    return { face: placed, index: 0, of: 1, warnings: assessFace(placed, canvas.frame) };
  }
  // A scan of 50 megapixels is searched at a size that the detector can use; its landmarks are scaled back.
  const isLarge = Math.max(canvas.frame.width, canvas.frame.height) > DEFAULT_LONGER_SIDE;
  const { frame } = isLarge ? await readImage(path, { maxSide: DEFAULT_LONGER_SIDE }) : canvas;
  const faces = await detector.detect(frame, { thorough: true });
  const chosen = chooseFace(faces, face, path);
  const scaled = isLarge ? scaleFace(chosen, canvas.frame.width / frame.width) : chosen;
  return { face: scaled, index: faces.indexOf(chosen), of: faces.length, warnings: assessFace(chosen, frame) };
}

function scaleFace({ points, rotation, box }: FaceLandmarks, scale: number): FaceLandmarks {
  const { x, y, width, height } = box;
  return { points: points.map((value) => value * scale), rotation, box: { x: x * scale, y: y * scale, width: width * scale, height: height * scale } };
}

/** Adds the file's name to what went wrong. */
function chooseFace(faces: readonly FaceLandmarks[], face: FaceChoice, path: string): FaceLandmarks {
  try {
    return selectFace(faces, face);
  } catch (error) {
    if (!(error instanceof VivantError)) throw error;
    throw new VivantError(error.code, `${path}: ${error.message}`, { details: { ...error.details, path }, cause: error });
  }
}

function photo(frame: Frame, face: FaceLandmarks): SourcePhoto {
  return { frame, points: face.points, state: faceState(face) };
}

/** Drops the last column and row where their number is odd. */
export function cropToEven(frame: Frame): Frame {
  const width = frame.width & ~1;
  const height = frame.height & ~1;
  if (width === frame.width && height === frame.height) return frame;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const start = y * frame.width * 4;
    data.set(frame.data.subarray(start, start + width * 4), y * width * 4);
  }
  return { data, width, height };
}

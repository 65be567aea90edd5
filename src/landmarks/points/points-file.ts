import { readFile } from 'node:fs/promises';
import { VivantError } from '../../core/errors.js';
import { LANDMARK_COUNT } from '../../core/landmarks.js';
import type { FaceLandmarks } from '../../core/landmarks.js';
import { boundingBox, faceOf } from '../face.js';
import { correctPoints, faceFromNamedPoints } from './named-face.js';
import type { NamedPoints, PointName } from './named-points.js';
import { pointsFileSchema } from './points-schema.js';
import type { PointsFile } from './points-schema.js';

/** Width and height of a picture, pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a landmark file and gives the face in pixels of `picture`, which may be a scaled version of the file's picture.
 *
 * @throws VivantError INPUT_NOT_FOUND, INVALID_LANDMARKS
 */
export async function readPointsFile(path: string, picture: PictureSize): Promise<FaceLandmarks> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new VivantError('INPUT_NOT_FOUND', `Expected a landmark file at ${path} but could not read it.`, { details: { path }, cause });
  }
  return pointsFileToFace(parsePointsFile(text, path), picture, path);
}

/**
 * Checks the text of a landmark file.
 *
 * @param source - how to name it in an error
 * @throws VivantError INVALID_LANDMARKS
 */
export function parsePointsFile(text: string, source: string): PointsFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(source, `it is not JSON (${(cause as Error).message})`);
  }
  const result = pointsFileSchema.safeParse(json);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw invalid(source, path.length > 0 ? `${path.join('.')}: ${message}` : message);
  }
  return result.data;
}

/**
 * The face that a landmark file describes, in pixels of `picture`.
 *
 * @param source - how to name the file in an error
 * @throws VivantError INVALID_LANDMARKS when the picture has other proportions, or the points can't be a face
 */
export function pointsFileToFace(file: PointsFile, picture: PictureSize, source = 'the landmark file'): FaceLandmarks {
  const scale = pictureScale(file.image, picture, source);
  const named = scaleNamed(file.named ?? {}, scale);
  if (!file.points) {
    checkNamed(named, source);
    return checkFace(faceFromNamedPoints(named), source);
  }
  const points = Float32Array.from(file.points.flat(), (value) => value * scale);
  correctPoints(points, named);
  const face = checkFace(faceOf(points), source);
  return file.rotation ? { ...face, rotation: checkRotation(file.rotation, source) } : face;
}

/** A landmark file of a detected face. */
export function faceToPointsFile(face: FaceLandmarks, picture: PictureSize): PointsFile {
  const { points } = face;
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    format: 'tableau-vivant/points',
    version: 1,
    image: { width: picture.width, height: picture.height },
    points: Array.from({ length: LANDMARK_COUNT }, (_, i) => [round(points[3 * i]!), round(points[3 * i + 1]!), round(points[3 * i + 2]!)]),
    rotation: Array.from(face.rotation, (value) => Math.round(value * 1e5) / 1e5),
  };
}

/** A template for a picture in which no face was found: a frontal face amid the picture, as named points to be moved. */
export function blankPointsFile(picture: PictureSize): PointsFile {
  const unit = Math.min(picture.width, picture.height) / 100;
  const at = (x: number, y: number): [number, number] => [Math.round(picture.width / 2 + x * unit), Math.round(picture.height / 2 + y * unit)];
  return {
    format: 'tableau-vivant/points',
    version: 1,
    image: { width: picture.width, height: picture.height },
    named: {
      leftEyeOuter: at(-14, -8),
      leftEyeInner: at(-6, -8),
      rightEyeInner: at(6, -8),
      rightEyeOuter: at(14, -8),
      noseTip: at(0, 4),
      mouthLeft: at(-8, 14),
      mouthRight: at(8, 14),
      chin: at(0, 28),
      leftIris: at(-10, -8),
      rightIris: at(10, -8),
    },
  };
}

/** The file's text: one point a line, so that it can be edited by hand. */
export function formatPointsFile(file: PointsFile): string {
  const lines = [
    `"format": ${JSON.stringify(file.format)}`,
    `"version": ${file.version}`,
    `"image": { "width": ${file.image.width}, "height": ${file.image.height} }`,
  ];
  if (file.named) {
    const entries = Object.entries(file.named).map(([name, at]) => `    ${JSON.stringify(name)}: [${at?.join(', ')}]`);
    lines.push(`"named": {\n${entries.join(',\n')}\n  }`);
  }
  if (file.rotation) lines.push(`"rotation": [${file.rotation.join(', ')}]`);
  if (file.points) lines.push(`"points": [\n${file.points.map((point) => `    [${point.join(', ')}]`).join(',\n')}\n  ]`);
  return `{\n  ${lines.join(',\n  ')}\n}\n`;
}

/** A working copy may have lost an odd row or column, or been scaled to whole pixels: proportions agree within 2 pixels or 1 %. */
function pictureScale(from: PictureSize, to: PictureSize, source: string): number {
  if (Math.abs(from.width - to.width) <= 1 && Math.abs(from.height - to.height) <= 1) return 1;
  const scale = to.width / from.width;
  const tolerance = Math.max(2, 0.01 * to.height);
  if (Math.abs(from.height * scale - to.height) > tolerance) {
    throw invalid(source, `it is for a picture of ${from.width} x ${from.height} but the picture has ${to.width} x ${to.height}`);
  }
  return scale;
}

function scaleNamed(named: NonNullable<PointsFile['named']>, scale: number): NamedPoints {
  const entries = Object.entries(named).filter((entry): entry is [PointName, [number, number]] => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, [x, y]]) => [name, [x * scale, y * scale] as const]));
}

/** Catches points that were mixed up: a mirrored or collapsed face can't be fitted. */
function checkNamed(named: NamedPoints, source: string): void {
  const order = ['leftEyeOuter', 'leftEyeInner', 'rightEyeInner', 'rightEyeOuter'] as const;
  const [ax, ay] = named.leftEyeOuter!;
  const [bx, by] = named.rightEyeOuter!;
  const [ux, uy] = [bx - ax, by - ay];
  const width = Math.hypot(ux, uy);
  if (width < 4) throw invalid(source, `its eyes are ${width.toFixed(1)} pixels apart`);
  const along = order.map((name) => (named[name]![0] - ax) * ux + (named[name]![1] - ay) * uy);
  if (along.some((value, i) => i > 0 && value <= along[i - 1]!)) throw invalid(source, `its eye corners are not in the order ${order.join(', ')} along the line of the eyes`);
  for (const name of ['mouthLeft', 'mouthRight', 'chin'] as const) {
    const [x, y] = named[name]!;
    if (ux * (y - ay) - uy * (x - ax) <= 0) throw invalid(source, `${name} lies above the eyes; "left" and "right" are those of the picture's viewer`);
  }
  const [lx, ly] = named.mouthLeft!;
  const [rx, ry] = named.mouthRight!;
  if ((rx - lx) * ux + (ry - ly) * uy <= 0) throw invalid(source, 'mouthLeft lies to the right of mouthRight');
}

function checkFace(face: FaceLandmarks, source: string): FaceLandmarks {
  const { width, height } = boundingBox(face.points);
  if (!face.points.every(Number.isFinite) || !(width >= 4) || !(height >= 4)) throw invalid(source, 'its points do not span a face');
  return face;
}

function checkRotation(rotation: readonly number[], source: string): Float32Array {
  const m = Float32Array.from(rotation);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      let dot = 0;
      for (let k = 0; k < 3; k++) dot += m[3 * a + k]! * m[3 * b + k]!;
      if (Math.abs(dot - (a === b ? 1 : 0)) > 0.01) throw invalid(source, 'its "rotation" is not a rotation matrix; leave it out to have it fitted');
    }
  }
  return m;
}

function invalid(source: string, what: string): VivantError {
  return new VivantError('INVALID_LANDMARKS', `Expected a landmark file in ${source} but ${what}. "vivant faces IMAGE --out points.json" writes a valid one.`, {
    details: { source },
  });
}

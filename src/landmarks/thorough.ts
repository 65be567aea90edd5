import type { Box } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import { overlap, squareAround } from './region.js';

/** Finds the faces in a rectangle of the picture. */
export type RegionDetector = (region: Box) => readonly FaceLandmarks[];

/** Two boxes that share this part of the smaller one show the same face. */
const SAME_FACE = 0.5;
/** Sides of the crops of the precise pass and of the check, in sides of the face's box. */
const PRECISE_MARGIN = 2;
const CHECK_MARGIN = 2.4;
/** Crops whose landmarks are averaged, and how far they lie from the face, in sides of its box; their sides vary by as much again. */
const VIEWS = 8;
const WANDER = 0.15;
/**
 * Landmarks of one face in these two crops lie 0.001 to 0.008 box sides apart (RMS over 40 faces of 18 to 190 pixels,
 * painted ones among them), those of patterns that aren't faces 0.015 or more, if the second crop shows them at all.
 */
const STEADY = 0.012;
/** Tiles are never smaller than this many pixels. */
const SMALLEST_TILE_PIXELS = 96;
/** A picture is also looked at this many times its size: MediaPipe misses faces that fill the picture to its edges. */
const ZOOM_OUT = 1.6;

/**
 * Searches a picture at growing zoom. MediaPipe sees faces from about 1/6 of the picture's width, so half-overlapping square
 * tiles of 1, 1/2, 1/4 and 1/8 of its shorter side are searched, each size to the end. One size beyond the first that shows
 * a face is searched too, for the smaller faces of a group; then the search ends.
 *
 * Every face is then detected again in a crop around it, which gives the landmark network the same view of every face.
 * Faces that only a tile showed must also look the same in a second, wider crop: patterns that aren't faces don't.
 *
 * @param whole - the picture
 * @param found - what was found in the whole picture
 * @param smallestTile - part of the shorter side
 * @returns each face once
 */
export function searchThoroughly(
  whole: Box,
  found: readonly FaceLandmarks[],
  detectIn: RegionDetector,
  smallestTile = 1 / 8,
): readonly FaceLandmarks[] {
  const faces = found.map((face) => inCrop(face, PRECISE_MARGIN, detectIn) ?? face);
  const search = (region: Box): void => {
    for (const face of detectIn(region)) {
      const steady = isKnown(faces, face) ? undefined : steadyFace(face, detectIn);
      if (steady && !isKnown(faces, steady)) faces.push(steady);
    }
  };
  if (faces.length === 0) search(squareAround(whole, ZOOM_OUT));
  const shorter = Math.min(whole.width, whole.height);
  for (let zoom = 1; zoom >= smallestTile; zoom /= 2) {
    const side = Math.floor(shorter * zoom);
    if (zoom < 1 && side < SMALLEST_TILE_PIXELS) break;
    const last = zoom < 1 && faces.length > 0;
    for (const tile of tiles(whole, side)) search(tile);
    if (last) break;
  }
  return faces;
}

/**
 * The mean of what several slightly different crops show of one face. What single readings add of their own (0.3 % of the distance
 * between the eyes in photographs, 0.4 to 0.9 in pictures that look rendered or painted) stays in every frame of a portrait that is animated.
 *
 * @returns `[478, 3]` points
 */
export function averageViews(face: FaceLandmarks, detectIn: RegionDetector): Float32Array {
  const sum = Float64Array.from(face.points);
  let views = 1;
  const side = Math.max(face.box.width, face.box.height);
  for (let k = 0; k < VIEWS; k++) {
    const angle = (2 * Math.PI * k) / VIEWS;
    const box = { ...face.box, x: face.box.x + WANDER * side * Math.cos(angle), y: face.box.y + WANDER * side * Math.sin(angle) };
    const margin = PRECISE_MARGIN + WANDER * Math.sin(3 * angle + 1);
    const seen = detectIn(squareAround(box, margin)).find((other) => overlap(face.box, other.box) > SAME_FACE);
    if (seen === undefined || distance(face, seen) > STEADY) continue;
    seen.points.forEach((value, i) => (sum[i]! += value));
    views += 1;
  }
  return Float32Array.from(sum, (value) => value / views);
}

/** Squares of `side` pixels that overlap by half or more and cover the picture to its edges. */
export function* tiles(whole: Box, side: number): Generator<Box> {
  for (const y of starts(whole.height, side)) {
    for (const x of starts(whole.width, side)) yield { x, y, width: side, height: side };
  }
}

function starts(length: number, side: number): readonly number[] {
  const steps = Math.ceil((length - side) / (side / 2));
  if (steps <= 0) return [0];
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(((length - side) * i) / steps));
}

function isKnown(faces: readonly FaceLandmarks[], { box }: FaceLandmarks): boolean {
  return faces.some((face) => overlap(face.box, box) > SAME_FACE);
}

/** The same face as a crop around it shows it. */
function inCrop({ box }: FaceLandmarks, margin: number, detectIn: RegionDetector): FaceLandmarks | undefined {
  return detectIn(squareAround(box, margin)).find((face) => overlap(face.box, box) > SAME_FACE);
}

function steadyFace(face: FaceLandmarks, detectIn: RegionDetector): FaceLandmarks | undefined {
  const precise = inCrop(face, PRECISE_MARGIN, detectIn);
  const again = precise && inCrop(precise, CHECK_MARGIN, detectIn);
  return again && distance(precise, again) < STEADY ? precise : undefined;
}

/** RMS distance of the points in the picture plane, in longer sides of the first face's box. */
function distance(a: FaceLandmarks, b: FaceLandmarks): number {
  let squares = 0;
  for (let i = 0; i < a.points.length; i += 3) {
    squares += (a.points[i]! - b.points[i]!) ** 2 + (a.points[i + 1]! - b.points[i + 1]!) ** 2;
  }
  return Math.sqrt(squares / (a.points.length / 3)) / Math.max(a.box.width, a.box.height);
}

import type { Frame } from '../../core/frame.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { faceBounds } from '../../geometry/face-bounds.js';

/** Cells across and down the face. */
const COLS = 12;
const ROWS = 16;
/** Reach of a skin sample, face widths: light differs over such distances, folds don't. */
const REACH = 0.15;
/** A face that turns in the same light changes by this much (natural logarithm); only what is beyond it is another light. */
const SAME_LIGHT = 0.15;
/** Bounds of what is changed (natural logarithm): beyond them the photos don't belong together. */
const MOST = Math.log(2);
/** Triangles smaller than this share of their size in the other photo are seen from the side, and hair or background shows there. */
const FORESHORTENED = 0.25;

/** A copy of `photo` in the light of the canvas: skin that is much darker, brighter or of another tint becomes like the canvas' own there. */
export function matchColours(photo: SourcePhoto, canvas: SourcePhoto): Frame {
  const { data, width, height } = photo.frame;
  const field = fitLight(photo, canvas);
  const { left, top, stepX, stepY, gain } = field;
  const copy = new Uint8ClampedArray(data.length);
  for (let y = 0, o = 0; y < height; y++) {
    const gy = Math.min(ROWS - 1.001, Math.max(0, (y - top) / stepY));
    const row = gy | 0;
    const fy = gy - row;
    for (let x = 0; x < width; x++, o += 4) {
      const gx = Math.min(COLS - 1.001, Math.max(0, (x - left) / stepX));
      const p = (row * COLS + (gx | 0)) * 3;
      const fx = gx - (gx | 0);
      for (let k = 0; k < 3; k++) {
        const above = gain[p + k]! + (gain[p + 3 + k]! - gain[p + k]!) * fx;
        const below = gain[p + COLS * 3 + k]! + (gain[p + COLS * 3 + 3 + k]! - gain[p + COLS * 3 + k]!) * fx;
        copy[o + k] = data[o + k]! * (above + (below - above) * fy);
      }
      copy[o + 3] = 255;
    }
  }
  return { data: copy, width, height };
}

/** Factors over the face of a photo. */
interface Light {
  /** Pixels of the first cell's centre, and between cells. */
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  /** `[ROWS, COLS, 3]` */
  readonly gain: Float32Array;
}

function fitLight(photo: SourcePhoto, canvas: SourcePhoto): Light {
  const samples = pairedSkin(photo, canvas);
  const { left, top, right, bottom } = faceBounds(photo.points);
  const [stepX, stepY] = [(right - left) / (COLS - 1), (bottom - top) / (ROWS - 1)];
  const gain = new Float32Array(ROWS * COLS * 3);
  const narrow = -1 / (2 * (REACH * Math.max(1, right - left)) ** 2);
  for (let cell = 0; cell < ROWS * COLS; cell++) {
    const x = left + (cell % COLS) * stepX;
    const y = top + Math.floor(cell / COLS) * stepY;
    const own = [1e-6, 1e-6, 1e-6];
    const goal = [1e-6, 1e-6, 1e-6];
    for (const sample of samples) {
      const weight = Math.exp(narrow * ((sample.x - x) ** 2 + (sample.y - y) ** 2));
      for (let k = 0; k < 3; k++) {
        own[k]! += weight * sample.own[k]!;
        goal[k]! += weight * sample.goal[k]!;
      }
    }
    for (let k = 0; k < 3; k++) gain[cell * 3 + k] = Math.exp(beyondSameLight(Math.log(goal[k]! / own[k]!)));
  }
  return { left, top, stepX, stepY, gain };
}

function beyondSameLight(difference: number): number {
  return Math.sign(difference) * Math.min(MOST, Math.max(0, Math.abs(difference) - SAME_LIGHT));
}

/** One place on the skin, as both photos show it. */
interface SkinPair {
  /** Pixels of the photo. */
  readonly x: number;
  readonly y: number;
  /** RGB 1..256. */
  readonly own: readonly number[];
  readonly goal: readonly number[];
}

/** The centres of the mesh's triangles that both photos see from the front. */
function pairedSkin(photo: SourcePhoto, canvas: SourcePhoto): SkinPair[] {
  const pairs: SkinPair[] = [];
  const factor = (photo.state.scale / canvas.state.scale) ** 2;
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const own = areaOf(photo.points, t);
    const goal = areaOf(canvas.points, t) * factor;
    if (own * goal <= 0 || Math.min(own / goal, goal / own) < FORESHORTENED) continue;
    const [x, y] = centreOf(photo.points, t);
    pairs.push({ x, y, own: colourAt(photo.frame, x, y), goal: colourAt(canvas.frame, ...centreOf(canvas.points, t)) });
  }
  return pairs;
}

function areaOf(points: Float32Array, triangle: number): number {
  const [a, b, c] = [0, 1, 2].map((k) => CANONICAL_TRIANGLES[triangle + k]! * 3) as [number, number, number];
  return (points[b]! - points[a]!) * (points[c + 1]! - points[a + 1]!) - (points[c]! - points[a]!) * (points[b + 1]! - points[a + 1]!);
}

function centreOf(points: Float32Array, triangle: number): readonly [number, number] {
  const mean = (axis: number): number => [0, 1, 2].reduce((sum, k) => sum + points[CANONICAL_TRIANGLES[triangle + k]! * 3 + axis]! / 3, 0);
  return [mean(0), mean(1)];
}

function colourAt({ data, width, height }: Frame, x: number, y: number): readonly number[] {
  const column = Math.min(width - 1, Math.max(0, Math.round(x)));
  const row = Math.min(height - 1, Math.max(0, Math.round(y)));
  const o = (row * width + column) * 4;
  return [data[o]! + 1, data[o + 1]! + 1, data[o + 2]! + 1];
}

import { EYES } from '#dist/geometry/face-topology.js';
import { fromHeadAngles } from '#dist/geometry/rotation.js';
import { CANONICAL_SHAPE, SKIN_POINTS } from '#dist/motion/canonical-shape.js';
import { faceState } from '#dist/motion/face-state.js';
import { setOpenness } from '#dist/motion/lids.js';
import { LIP_PAIRS, LOWER_LIP_COLUMNS, UPPER_LIP_COLUMNS } from '#dist/motion/lip-columns.js';
import { JAW_WEIGHT, LIP_WEIGHT, proximity } from '#dist/motion/regions.js';

type FaceState = ReturnType<typeof faceState>;

/** A face that belongs to nobody: MediaPipe's average face with features set by hand. */
export interface Sitter {
  /** Opening of the lips, distances between the eyes. Default 0.004: shut, with a detector's noise. */
  readonly gap?: number;
  /** Stretch of the mouth, 1 = average. */
  readonly wide?: number;
  /** Corners of the mouth up, head units. */
  readonly smile?: number;
  /** Brows up, head units. */
  readonly brows?: number;
  /** Opening of both eyes, or of each, in eye widths. Default 0.3. */
  readonly open?: number | readonly [number, number];
  /** Irises along the eye, 0..1. Default 0.5. */
  readonly gaze?: number;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  /** Pixels per head unit. Default 100. */
  readonly scale?: number;
  readonly centre?: readonly [number, number];
  /** Shape of the person: width and height of the whole face, size of the eye opening at rest. */
  readonly broad?: number;
  readonly tall?: number;
}

const BROWS = proximity([63, 105, 66, 293, 334, 296], 2);
const IRIS_RADIUS = 0.215;

/** `[478, 3]` landmarks in pixels. */
export function facePoints(sitter: Sitter = {}): Float32Array {
  const { gap = 0.004, wide = 1, smile = 0, brows = 0, open = 0.3, gaze = 0.5, broad = 1, tall = 1, scale = 100, centre = [300, 300] } = sitter;
  const c = new Float32Array(3 * 478);
  c.set(CANONICAL_SHAPE);
  const io = c[3 * 263]! - c[3 * 33]!;
  LIP_PAIRS.forEach(([upper, lower], i) => {
    // The average face has parted lips: shut them at their middle, then drop the jaw.
    const half = (c[3 * lower + 1]! - c[3 * upper + 1]!) / 2;
    for (const p of UPPER_LIP_COLUMNS[i]!) c[3 * p + 1]! += half;
    for (const p of LOWER_LIP_COLUMNS[i]!) c[3 * p + 1]! -= half;
  });
  const red = new Set(LOWER_LIP_COLUMNS.flat());
  for (let i = 0; i < SKIN_POINTS; i++) {
    const aside = CANONICAL_SHAPE[3 * i]! / CANONICAL_SHAPE[3 * 291]!;
    c[3 * i]! += (wide - 1) * LIP_WEIGHT[i]! * c[3 * i]!;
    c[3 * i + 1]! += gap * io * (red.has(i) ? 1 : JAW_WEIGHT[i]!) - smile * LIP_WEIGHT[i]! * Math.min(1, aside * aside) - brows * BROWS[i]!;
  }
  EYES.forEach((eye, side) => {
    const [a, b] = eye.corners;
    const width = c[3 * b]! - c[3 * a]!;
    const middle = [3, 4, 5].reduce((sum, i) => sum + c[3 * eye.lower[i]! + 1]! - c[3 * eye.upper[i]! + 1]!, 0) / 3 / width;
    setOpenness(c, eye, middle, typeof open === 'number' ? open : open[side]!);
    const x = c[3 * a]! + gaze * width;
    const y = (c[3 * a + 1]! + c[3 * b + 1]!) / 2 - 0.05 * width;
    eye.iris.forEach((p, k) => {
      const turn = ((k - 1) * Math.PI) / 2;
      const r = k === 0 ? 0 : IRIS_RADIUS * width;
      c.set([x + r * Math.cos(turn), y - r * Math.sin(turn), c[3 * a + 2]!], 3 * p);
    });
  });
  const r = fromHeadAngles({ yaw: sitter.yaw ?? 0, pitch: sitter.pitch ?? 0, roll: sitter.roll ?? 0 });
  const points = new Float32Array(c.length);
  for (let i = 0; i < c.length; i += 3) {
    const [x, y, z] = [broad * c[i]!, tall * c[i + 1]!, c[i + 2]!];
    for (let k = 0; k < 3; k++) points[i + k] = scale * (r[3 * k]! * x + r[3 * k + 1]! * y + r[3 * k + 2]! * z) + (k < 2 ? centre[k]! : 0);
  }
  return points;
}

/** The same, split into shape and pose. */
export function face(sitter: Sitter = {}): FaceState {
  return faceState({ points: facePoints(sitter), rotation: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) });
}

/** Distance in the picture between two landmarks. */
export function apart(points: Float32Array, a: number, b: number): number {
  return Math.hypot(points[3 * a]! - points[3 * b]!, points[3 * a + 1]! - points[3 * b + 1]!);
}

/** Place of the irises along their eyes, mean of both, 0..1, measured in the picture. */
export function gazeX(points: Float32Array): number {
  return EYES.reduce((sum, { corners: [a, b], iris: [i] }) => {
    const [x, y] = [points[3 * b]! - points[3 * a]!, points[3 * b + 1]! - points[3 * a + 1]!];
    return sum + ((points[3 * i]! - points[3 * a]!) * x + (points[3 * i + 1]! - points[3 * a + 1]!) * y) / (x * x + y * y) / 2;
  }, 0);
}

/** Largest difference between two sets of landmarks, pixels. */
export function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

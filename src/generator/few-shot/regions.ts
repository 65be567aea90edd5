import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { EYES, FACE_OVAL, isOnOutline } from '../../geometry/face-topology.js';

/** Parts of the face that may come from different photos of the sitter. */
export const PHOTO_REGIONS = ['skin', 'mouth', 'eyes'] as const;
export type PhotoRegion = (typeof PHOTO_REGIONS)[number];
/** One value for each region. */
export type PerRegion<T> = Readonly<Record<PhotoRegion, T>>;

/** Full strength within the first radius of an opening's centre, none beyond the second; canonical centimetres. */
const RADII = { mouth: [3.6, 6], eyes: [2.6, 4.4] } as const;
/** Over which skin fades in from the outline of the face, canonical centimetres. */
const BORDER = 2.5;
const LIPS = [13, 14, 61, 291];

const centres = {
  mouth: [centre(LIPS)],
  eyes: EYES.map((eye) => centre(eye.corners)),
};

/** `[468]`, 0..1: how much of a vertex belongs to a region; soft at its border, 0 on the outline. All regions together have at most 1. */
export const REGION_WEIGHTS: PerRegion<Float32Array> = { skin: weights('skin'), mouth: weights('mouth'), eyes: weights('eyes') };

function weights(region: PhotoRegion): Float32Array {
  return Float32Array.from({ length: 468 }, (_, vertex) => regionWeight(region, vertex));
}

function regionWeight(region: PhotoRegion, vertex: number): number {
  if (isOnOutline(vertex)) return 0;
  const mouth = around('mouth', vertex);
  const eyes = around('eyes', vertex);
  const both = Math.max(1, mouth + eyes);
  if (region === 'mouth') return mouth / both;
  if (region === 'eyes') return eyes / both;
  return Math.max(0, 1 - mouth - eyes) * smooth(Math.min(...FACE_OVAL.map((other) => apart(vertex, other))) / BORDER);
}

function around(region: 'mouth' | 'eyes', vertex: number): number {
  const [full, none] = RADII[region];
  const x = CANONICAL_POSITIONS[vertex * 3]!;
  const y = CANONICAL_POSITIONS[vertex * 3 + 1]!;
  const distance = Math.min(...centres[region].map(([cx, cy]) => Math.hypot(x - cx, y - cy)));
  return smooth((none - distance) / (none - full));
}

function smooth(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}

function apart(a: number, b: number): number {
  return Math.hypot(CANONICAL_POSITIONS[a * 3]! - CANONICAL_POSITIONS[b * 3]!, CANONICAL_POSITIONS[a * 3 + 1]! - CANONICAL_POSITIONS[b * 3 + 1]!);
}

function centre(vertices: readonly number[]): readonly [number, number] {
  const mean = (k: number): number => vertices.reduce((sum, v) => sum + CANONICAL_POSITIONS[v * 3 + k]!, 0) / vertices.length;
  return [mean(0), mean(1)];
}

import { CANONICAL_POSITIONS } from '../../geometry/canonical-mesh.js';
import { EYES, FACE_OVAL } from '../../geometry/face-topology.js';

/** Parts of the face that may come from different photos of the sitter. */
export const PHOTO_REGIONS = ['mouth', 'eyes'] as const;
export type PhotoRegion = (typeof PHOTO_REGIONS)[number];

/** Full strength within the first radius of a region's centre, none beyond the second; canonical centimetres. */
const RADII: Readonly<Record<PhotoRegion, readonly [number, number]>> = { mouth: [3.6, 6], eyes: [2.6, 4.4] };
const LIPS = [13, 14, 61, 291];
const OVAL = new Set<number>(FACE_OVAL);

const centres: Readonly<Record<PhotoRegion, readonly (readonly [number, number])[]>> = {
  mouth: [centre(LIPS)],
  eyes: EYES.map((eye) => centre(eye.corners)),
};

/** 0..1: how much of a vertex belongs to a region; soft at its border, 0 on the outline. */
export function regionWeight(region: PhotoRegion, vertex: number): number {
  if (OVAL.has(vertex)) return 0;
  const [full, none] = RADII[region];
  const x = CANONICAL_POSITIONS[vertex * 3]!;
  const y = CANONICAL_POSITIONS[vertex * 3 + 1]!;
  const distance = Math.min(...centres[region].map(([cx, cy]) => Math.hypot(x - cx, y - cy)));
  const t = Math.min(1, Math.max(0, (none - distance) / (none - full)));
  return t * t * (3 - 2 * t);
}

function centre(vertices: readonly number[]): readonly [number, number] {
  const mean = (k: number): number => vertices.reduce((sum, v) => sum + CANONICAL_POSITIONS[v * 3 + k]!, 0) / vertices.length;
  return [mean(0), mean(1)];
}

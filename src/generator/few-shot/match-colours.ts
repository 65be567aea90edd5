import type { Frame } from '../../core/frame.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';

/** Bounds of the factor per channel: beyond them the photos don't belong together. */
const LEAST = 0.5;
const MOST = 2;

/** A copy of `photo` whose skin has the mean colour of the canvas' skin. */
export function matchColours(photo: SourcePhoto, canvas: SourcePhoto): Frame {
  const own = meanSkin(photo);
  const goal = meanSkin(canvas);
  const { data, width, height } = photo.frame;
  const copy = new Uint8ClampedArray(data.length);
  const gain = own.map((value, k) => Math.min(MOST, Math.max(LEAST, goal[k]! / Math.max(1, value))));
  for (let o = 0; o < data.length; o += 4) {
    for (let k = 0; k < 3; k++) copy[o + k] = data[o + k]! * gain[k]!;
    copy[o + 3] = 255;
  }
  return { data: copy, width, height };
}

function meanSkin({ frame, points }: SourcePhoto): readonly number[] {
  const sum = [0, 0, 0];
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const at = (k: number): number =>
      (points[CANONICAL_TRIANGLES[t]! * 3 + k]! + points[CANONICAL_TRIANGLES[t + 1]! * 3 + k]! + points[CANONICAL_TRIANGLES[t + 2]! * 3 + k]!) / 3;
    const x = Math.min(frame.width - 1, Math.max(0, Math.round(at(0))));
    const y = Math.min(frame.height - 1, Math.max(0, Math.round(at(1))));
    const o = (y * frame.width + x) * 4;
    for (let k = 0; k < 3; k++) sum[k]! += frame.data[o + k]!;
  }
  return sum.map((value) => value / (CANONICAL_TRIANGLES.length / 3));
}

import { createFrame } from '#dist/core/frame.js';
import { faceState } from '#dist/motion/face-state.js';
import { facePoints, type Sitter } from '../motion/synthetic-face.js';

export const UPRIGHT = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** A face of nobody: smooth waves that lie on the head, wherever and however large it is. */
export function photo(sitter: Sitter & { readonly scale: number; readonly centre: readonly [number, number] }, width: number, height: number) {
  const frame = createFrame(width, height);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const u = (x - sitter.centre[0]) / sitter.scale;
      const v = (y - sitter.centre[1]) / sitter.scale;
      for (let k = 0; k < 3; k++) frame.data[o + k] = 128 + 70 * Math.sin(2 * u + k) * Math.cos(3 * v);
    }
  }
  const points = facePoints(sitter);
  return { frame, points, state: faceState({ points, rotation: UPRIGHT }) };
}

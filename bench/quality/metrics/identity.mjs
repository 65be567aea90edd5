// Is it still the same person: cosine of face descriptors of `faceres` (npm `@vladmandic/human`).
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import sharp from 'sharp';

const SIDE = 224; // pixels
/** Node of the graph that holds the 1024 numbers. */
const DESCRIPTOR = 'global_pooling/Mean';
/** Half side of the square crop, in longer sides of the landmarks' box. */
const HALF = 0.6;

/** @param tf - tfjs-core with a running backend */
export async function openIdentity({ tf }) {
  const folder = new URL('../models/', `file://${createRequire(import.meta.url).resolve('@vladmandic/human')}`);
  const manifest = JSON.parse(await readFile(new URL('faceres.json', folder), 'utf8'));
  const bytes = await readFile(new URL('faceres.bin', folder));
  const model = await loadGraphModel({
    load: () =>
      Promise.resolve({
        modelTopology: manifest.modelTopology,
        weightSpecs: manifest.weightsManifest.flatMap(({ weights }) => weights),
        weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      }),
  });
  return {
    /** Unit vector that describes who the face is, `[1024]`. */
    async describe(frame, points) {
      const pixels = await faceSquare(frame, points);
      const input = tf.tensor(Float32Array.from(pixels), [1, SIDE, SIDE, 3]); // 0..255
      const output = model.execute(input, DESCRIPTOR);
      const values = await output.data();
      input.dispose();
      output.dispose();
      const length = Math.hypot(...values);
      return values.map((v) => v / length);
    },
    close: () => model.dispose(),
  };
}

/** Cosine of two unit vectors. */
export function cosine(a, b) {
  return a.reduce((sum, v, i) => sum + v * b[i], 0);
}

/** The face, cut out as a square and scaled to what the network takes; RGB bytes. */
function faceSquare({ data, width, height }, points) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 3) {
    [x0, x1] = [Math.min(x0, points[i]), Math.max(x1, points[i])];
    [y0, y1] = [Math.min(y0, points[i + 1]), Math.max(y1, points[i + 1])];
  }
  const half = HALF * Math.max(x1 - x0, y1 - y0);
  const left = Math.max(0, Math.round((x0 + x1) / 2 - half));
  const top = Math.max(0, Math.round((y0 + y1) / 2 - half));
  const region = { left, top, width: Math.min(width - left, Math.round(2 * half)), height: Math.min(height - top, Math.round(2 * half)) };
  const picture = sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 4 } });
  return picture.extract(region).removeAlpha().resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer();
}

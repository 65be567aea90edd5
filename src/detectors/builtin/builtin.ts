import { createHash } from 'node:crypto';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { chooseBackend } from '../../backends/choose.js';
import type { BackendPreference, TensorBackend } from '../../backends/types.js';
import type { Box, Frame } from '../../core/frame.js';
import type { FaceView, FrameDetector } from '../detector.js';
import { faceSquare } from '../face-square.js';
import { NETWORKS, type SpoofNetwork } from './networks.js';
import { loadDetectorWeights, type BuiltinDetector } from './weights.js';

/** Human cuts its detector's square, enlarged to this many times the face, and scales it to this side before each network. */
const MARGIN = 1.4;
const HUMAN_SIDE = 192;
/** Human's "real" and "live" are certainties of a living person; this is the middle. */
const THRESHOLD = 0.5;

/** How to open a built-in detector. */
export interface BuiltinOptions {
  /** Default `auto`. */
  readonly backend?: BackendPreference | undefined;
  /** Default: `models/detectors/` of this package. */
  readonly directory?: string | undefined;
}

/**
 * Opens one of the two spoof detectors of `@vladmandic/human` on our tensor backends. The score is 1 - Human's `real`
 * (antispoof) or 1 - its `live` (liveness), without Human's rounding to hundredths.
 *
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`
 */
export async function openBuiltinDetector(name: BuiltinDetector, options: BuiltinOptions = {}): Promise<FrameDetector> {
  const backend = await chooseBackend(options.backend ?? 'auto');
  try {
    const weights = await loadDetectorWeights(name, backend, options.directory);
    const network = NETWORKS[name](backend.tf, weights);
    const recipe = JSON.stringify({ name, weights: weights.sha256, margin: MARGIN, side: HUMAN_SIDE });
    return {
      kind: 'frames',
      info: { name, fingerprint: createHash('sha256').update(recipe).digest('hex'), threshold: THRESHOLD },
      async score({ frame, face }: FaceView) {
        return face === null ? null : 1 - (await certainty(backend, network, frame, face));
      },
      async close() {
        backend.activate();
        weights.dispose();
        await backend.close();
      },
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

async function certainty(backend: TensorBackend, network: SpoofNetwork, frame: Frame, face: Box): Promise<number> {
  const { tf } = backend;
  backend.activate();
  const output = tf.tidy(() => {
    const { x, y, width, height } = faceSquare(face, MARGIN);
    const box = [y / frame.height, x / frame.width, (y + height) / frame.height, (x + width) / frame.width];
    const picture = tf.tensor4d(rgbOf(frame), [1, frame.height, frame.width, 3]);
    const crop = tf.image.cropAndResize(picture, [box as [number, number, number, number]], [0], [HUMAN_SIDE, HUMAN_SIDE]);
    const x01 = tf.div(crop, 255) as Tensor4D; // [1, 192, 192, 3]
    return network.run(tf.image.resizeBilinear(x01, [network.side, network.side]));
  });
  try {
    return (await output.data())[0]!;
  } finally {
    tf.dispose(output);
  }
}

/** `[height, width, 3]`, 0..255. */
function rgbOf({ data, width, height }: Frame): Float32Array {
  const rgb = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    rgb[to++] = data[from]!;
    rgb[to++] = data[from + 1]!;
    rgb[to++] = data[from + 2]!;
  }
  return rgb;
}

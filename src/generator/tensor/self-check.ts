import { VivantError } from '../../core/errors.js';
import type { TensorBackend } from './types.js';

const SIDE = 12;
const CHANNELS = 8;
/** Of numbers around 1. */
const TOLERANCE = 1e-3;

/**
 * Computes a small layer like those of the networks on the backend and with plain arithmetic. Drivers that compute wrong numbers exist;
 * better to find out before the first frame than on the screen.
 *
 * @throws VivantError `BACKEND_UNAVAILABLE` when the two differ by more than 1e-3 anywhere.
 */
export async function assertComputes(backend: TensorBackend): Promise<void> {
  const input = pattern(SIDE * SIDE * CHANNELS, 7);
  const filter = pattern(9 * CHANNELS * CHANNELS, 11);
  backend.activate();
  const { tf } = backend;
  const layer = tf.tidy(() => tf.leakyRelu(tf.conv2d(tf.tensor4d(input, [1, SIDE, SIDE, CHANNELS]), tf.tensor4d(filter, [3, 3, CHANNELS, CHANNELS]), 1, 'valid'), 0.2));
  const received = await layer.data();
  layer.dispose();
  const worst = plainLayer(input, filter).reduce((most, value, i) => Math.max(most, Math.abs(value - received[i]!)), 0);
  // A NaN is not below anything.
  if (!(worst < TOLERANCE)) {
    throw new VivantError(
      'BACKEND_UNAVAILABLE',
      `Expected the ${backend.name} backend to compute a test layer within ${TOLERANCE} but it is off by ${worst}. Choose another one with --backend, or update the graphics driver.`,
      { details: { backend: backend.name, worst } },
    );
  }
}

/** Repeatable numbers within -0.25..0.25. */
function pattern(length: number, factor: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (((i * factor * 37) % 101) - 50) / 200);
}

function plainLayer(input: Float32Array, filter: Float32Array): number[] {
  const side = SIDE - 2;
  return Array.from({ length: side * side * CHANNELS }, (_, at) => {
    const [channel, column, row] = [at % CHANNELS, Math.floor(at / CHANNELS) % side, Math.floor(at / CHANNELS / side)];
    let sum = 0;
    for (let k = 0; k < 9; k++) {
      const place = ((row + Math.floor(k / 3)) * SIDE + column + (k % 3)) * CHANNELS;
      for (let c = 0; c < CHANNELS; c++) sum += input[place + c]! * filter[(k * CHANNELS + c) * CHANNELS + channel]!;
    }
    return sum > 0 ? sum : 0.2 * sum;
  });
}

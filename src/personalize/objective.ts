import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { foldModulation, refinerHead, type WeightsByName } from '../generator/refiner/network.js';
import { CHANNEL } from '../generator/refiner/layout.js';
import type { TensorFlow } from '../generator/tensor/types.js';

/** Smooth absolute difference: `sqrt(d^2 + EPSILON^2) - EPSILON`. */
const EPSILON = 1e-3;
/** Share of what stands behind alpha: near alpha = 0 all other losses hide it. */
const REDRAWN = 0.15;
/** Share of the difference between neighbouring pixels. */
const GRADIENT = 0.5;

/** Crops of one network, 2 x 2 pixels at a time as `packCrop` lays them: `[n, rows / 2, cols / 2, channels * 4]`. */
export interface PackedBatch {
  /** 17 * 4 channels. */
  readonly x: Tensor4D;
  /** RGB 0..1, 3 * 4 channels. */
  readonly target: Tensor4D;
  /** How much each pixel counts, 4 channels. */
  readonly weight: Tensor4D;
  /** `[1, rows / 2, cols / 2, 4]`: 0 at the crop's border, 1 inside. */
  readonly feather: Tensor4D;
}

/** Constant filters of the objective, on a backend. */
export interface ObjectiveFilters {
  /** `[3, 3, 6, 24]`: tones at half resolution, bilinear between their centres, to 2 x 2 pixels. */
  readonly enlarge: Tensor4D;
  /** `[3, 3, 12, 24]`: each pixel's difference to the one right of it, then to the one below. */
  readonly difference: Tensor4D;
}

/**
 * What a network should have less of, as in training/losses.py: Charbonnier distance of the composite to the photo, of its
 * neighbouring pixels' differences, and of what stands behind alpha. Everything stays in packed pixels; beyond the crop counts as 0,
 * which only its outermost pixels see, where alpha is 0.
 *
 * @param weights - of the network, without its embedder.
 * @param vector - `[1, identity]` of the sitter.
 * @returns a scalar, about the mean absolute error where it counts.
 */
export function objective(tf: TensorFlow, weights: WeightsByName, vector: Tensor2D, batch: PackedBatch, filters: ObjectiveFilters): Scalar {
  const { target, weight } = batch;
  const { image, behind } = drawCrop(tf, weights, vector, batch, filters);
  const weight3 = tf.concat([weight, weight, weight], 3); // [n, h/2, w/2, 12]
  const perWeight = tf.div(1, tf.sum(weight3));
  const mean = (difference: Tensor, share: Tensor): Tensor => tf.mul(tf.sum(tf.mul(charbonnier(tf, difference), share)), perWeight);
  const error = tf.sub(image, target) as Tensor4D;
  const edges = tf.conv2d(error, filters.difference, 1, 'same');
  const sharp = tf.mul(mean(edges, tf.concat([weight3, weight3], 3)), GRADIENT);
  const redrawn = tf.mul(mean(tf.sub(behind, target), weight3), REDRAWN);
  return tf.add(tf.add(mean(error, weight3), sharp), redrawn);
}

/** Mean Charbonnier distance of each crop's composite to its photo, where it counts, `[n]`. */
export function errorsOf(tf: TensorFlow, weights: WeightsByName, vector: Tensor2D, batch: PackedBatch, filters: ObjectiveFilters): Tensor {
  const { target, weight } = batch;
  const { image } = drawCrop(tf, weights, vector, batch, filters);
  const weight3 = tf.concat([weight, weight, weight], 3);
  const shares = tf.sum(weight3, [1, 2, 3]);
  return tf.div(tf.sum(tf.mul(charbonnier(tf, tf.sub(image, target)), weight3), [1, 2, 3]), shares);
}

/** The composite of training/model.py at crop resolution, and what stands behind alpha. */
export function drawCrop(tf: TensorFlow, weights: WeightsByName, vector: Tensor2D, { x, feather }: PackedBatch, { enlarge }: ObjectiveFilters): { readonly image: Tensor4D; readonly behind: Tensor4D } {
  const folded = foldModulation(tf, weights, vector);
  const head = refinerHead(tf, (name) => folded[name] ?? weights(name), x);
  const [residual, gain, alphaMask, backMask, choiceMask] = tf.split(head, [3, 3, 4, 4, 4], 3) as [Tensor4D, Tensor4D, Tensor4D, Tensor4D, Tensor4D];
  const tones = tf.concat([tf.tanh(residual), tf.exp(tf.mul(tf.tanh(gain), Math.LN2))], 3) as Tensor4D;
  const [residuals, gains] = tf.split(tf.conv2d(tones, enlarge, 1, 'same'), 2, 3) as [Tensor4D, Tensor4D];
  const channels = (first: number, count: number): Tensor4D => {
    const [n, h, w] = x.shape;
    return tf.slice(x, [0, 0, 0, first * 4], [n, h, w, count * 4]);
  };
  const rgb = (mask: Tensor): Tensor => tf.concat([mask, mask, mask], 3);
  const alpha = rgb(tf.mul(tf.sigmoid(alphaMask), feather));
  const back = rgb(tf.mul(tf.sigmoid(backMask), channels(CHANNEL.validity, 1)));
  const choice = rgb(tf.mul(tf.sigmoid(choiceMask), channels(CHANNEL.present, 1)));
  const draft = channels(CHANNEL.draft, 3);
  const kept = tf.add(draft, tf.mul(back, tf.sub(channels(CHANNEL.warp, 3), draft)));
  const base = tf.add(kept, tf.mul(choice, tf.sub(channels(CHANNEL.driver, 3), kept)));
  const behind: Tensor4D = tf.add(tf.mul(gains, base), residuals);
  return { image: tf.add(draft, tf.mul(alpha, tf.sub(behind, draft))), behind };
}

function charbonnier(tf: TensorFlow, difference: Tensor): Tensor {
  return tf.sub(tf.sqrt(tf.add(tf.mul(difference, difference), EPSILON * EPSILON)), EPSILON);
}

/** The caller disposes them. */
export function createFilters(tf: TensorFlow): ObjectiveFilters {
  const fill = (inputs: number, entries: (put: (row: number, col: number, from: number, to: number, value: number) => void) => void): Tensor4D => {
    const values = new Float32Array(9 * inputs * 24);
    entries((row, col, from, to, value) => {
      values[((row * 3 + col) * inputs + from) * 24 + to]! += value;
    });
    return tf.tensor4d(values, [3, 3, inputs, 24]);
  };
  const enlarge = fill(6, (put) => {
    // Pixel d of a block lies a quarter of a block away from its middle: three quarters of this block's tone, one of the neighbour's.
    for (let c = 0; c < 6; c++) {
      for (let d = 0; d < 4; d++) {
        const [row, col] = [d >> 1 ? 2 : 0, d & 1 ? 2 : 0];
        put(1, 1, c, c * 4 + d, 9 / 16);
        put(row, 1, c, c * 4 + d, 3 / 16);
        put(1, col, c, c * 4 + d, 3 / 16);
        put(row, col, c, c * 4 + d, 1 / 16);
      }
    }
  });
  const difference = fill(12, (put) => {
    for (let c = 0; c < 3; c++) {
      for (let d = 0; d < 4; d++) {
        const [down, across] = [d >> 1, d & 1];
        const here = c * 4 + d;
        put(1, 1, here, here, -1);
        put(1, across ? 2 : 1, c * 4 + down * 2 + (1 - across), here, 1);
        put(1, 1, here, 12 + here, -1);
        put(down ? 2 : 1, 1, c * 4 + (1 - down) * 2 + across, 12 + here, 1);
      }
    }
  });
  return { enlarge, difference };
}

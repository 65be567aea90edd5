import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../tensor/types.js';
import { convolve, type WeightsByName } from './network.js';

const LAYERS = ['embed.0', 'embed.1', 'embed.2', 'embed.3'] as const;

/**
 * What a network needs to know of a sitter beyond the frame at hand.
 *
 * @param crops - `[n, rows, cols, 3]`, RGB 0..1: the sitter's own crops, see `sitterCrop`.
 * @returns `[n, identity]`, one vector a crop.
 */
export function embedCrops(tf: TensorFlow, weights: WeightsByName, crops: Tensor4D): Tensor2D {
  return tf.tidy(() => {
    const features = LAYERS.reduce((x, name) => convolve(tf, weights, name, x, { stride: 2 }), crops); // [n, rows / 16, cols / 16, 32]
    const mean: Tensor2D = tf.mean(features, [1, 2]);
    return tf.add(tf.matMul(mean, weights('embed.out.weight') as Tensor2D), weights('embed.out.bias'));
  });
}

/**
 * One vector for a sitter, the mean over all crops of all photos.
 *
 * @param crops - `[rows, cols, 3]` each.
 * @returns `[1, identity]`; the caller disposes it.
 */
export function sitterVector(tf: TensorFlow, weights: WeightsByName, crops: readonly Float32Array[], rows: number, cols: number): Tensor2D {
  return tf.tidy(() => {
    const batch = tf.stack(crops.map((crop) => tf.tensor3d(crop, [rows, cols, 3]))) as Tensor4D;
    return tf.mean(embedCrops(tf, weights, batch), 0, true);
  });
}

import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backends/types.js';
import type { BuiltinDetector, DetectorWeights } from './weights.js';

/** A network: face crops in, "this is a living person" out. */
export interface SpoofNetwork {
  /** Side of the square crop, pixels. */
  readonly side: number;
  /**
   * @param x - `[1, side, side, 3]`, RGB 0..1
   * @returns `[1, n]`, 0..1; the first value is what Human reports
   */
  run(x: Tensor4D): Tensor2D;
}

type Build = (tf: TensorFlow, weights: DetectorWeights) => SpoofNetwork;

/** The networks of `@vladmandic/human`, written out: a graph interpreter would be 30 times their size. */
export const NETWORKS: Readonly<Record<BuiltinDetector, Build>> = {
  // Three convolutions with pooling, two dense layers: 64, 32 and 16 channels, 128 units.
  antispoof: (tf, weights) => {
    const w = (index: number): Tensor => weights.get(index === 0 ? 'unknown' : `unknown_${String(index - 1)}`);
    const block = (x: Tensor4D, index: number): Tensor4D =>
      tf.relu(tf.maxPool(tf.add(tf.conv2d(x, w(index) as Tensor4D, 1, 'valid'), w(index + 1)) as Tensor4D, 2, 2, 'valid'));
    return {
      side: 128,
      run: (x) => {
        const features = block(block(block(x, 0), 2), 4); // [1, 14, 14, 16]
        const hidden = tf.relu(tf.add(tf.matMul(tf.reshape(features, [1, -1]) as Tensor2D, w(6) as Tensor2D), w(7)));
        return tf.sigmoid(tf.add(tf.matMul(hidden as Tensor2D, w(8) as Tensor2D), w(9))) as Tensor2D; // [1, 1]
      },
    };
  },

  // Two pairs of convolutions (16 and 32 channels), each followed by its folded batch normalisation, then 64 units.
  liveness: (tf, weights) => {
    const w = (name: string): Tensor => weights.get(`StatefulPartitionedCall/sequential_1/${name}`);
    const conv = (x: Tensor4D, layer: number): Tensor4D => {
      const name = `conv2d_${String(layer)}`;
      const normal = `batch_normalization_${String(layer)}/FusedBatchNormV3`;
      const y = tf.relu(tf.add(tf.conv2d(x, w(`${name}/Conv2D/ReadVariableOp`) as Tensor4D, 1, 'same'), w(`${name}/BiasAdd/ReadVariableOp`)));
      return tf.add(tf.mul(y, w(`${normal}/Scaled`)), w(`${normal}/Offset`)) as Tensor4D;
    };
    const dense = (x: Tensor2D, layer: number): Tensor2D =>
      tf.add(tf.matMul(x, w(`dense_${String(layer)}/MatMul/ReadVariableOp`) as Tensor2D), w(`dense_${String(layer)}/BiasAdd/ReadVariableOp`) as Tensor1D);
    const pair = (x: Tensor4D, first: number): Tensor4D => tf.maxPool(conv(conv(x, first), first + 1), 2, 2, 'valid');
    return {
      side: 32,
      run: (x) => {
        const features = tf.reshape(pair(pair(x, 1), 3), [1, -1]) as Tensor2D; // [1, 2048]
        const hidden = tf.relu(dense(features, 1));
        const normal = tf.add(tf.mul(hidden, w('batch_normalization_5/batchnorm/mul')), w('batch_normalization_5/batchnorm/sub'));
        return tf.softmax(dense(normal as Tensor2D, 2)); // [1, 2]
      },
    };
  },
};

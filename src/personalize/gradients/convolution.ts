import type { backend_util, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../generator/tensor/types.js';

type ConvInfo = backend_util.Conv2DInfo;

/**
 * Gradient of a convolution with respect to its filter, as a convolution: every input channel is a picture whose channels are the
 * batch, the gradient of the output is the (large) filter. Runs on whatever a backend has for convolutions; on wasm that is as fast
 * as the forward pass.
 *
 * @param x - `[n, h, w, in]`
 * @param dy - `[n, outH, outW, out]`
 * @returns `[kernelH, kernelW, in, out]`
 */
export function filterGradient(tf: TensorFlow, x: Tensor4D, dy: Tensor4D, { padInfo, filterHeight, filterWidth, strideHeight, strideWidth }: ConvInfo): Tensor4D {
  return tf.tidy(() => {
    const padded = tf.pad(x, [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]);
    const pictures = tf.transpose(padded, [3, 1, 2, 0]); // [in, h, w, n]
    const filter = tf.transpose(dy, [1, 2, 0, 3]); // [outH, outW, n, out]
    const all: Tensor4D = tf.conv2d(pictures as Tensor4D, filter as Tensor4D, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    const [inputs, , , outputs] = all.shape;
    // A stride may leave rows that no output has seen.
    const seen = tf.slice(all, [0, 0, 0, 0], [inputs, filterHeight, filterWidth, outputs]);
    return tf.transpose(seen, [1, 2, 0, 3]);
  });
}

/**
 * Gradient of a convolution with respect to its input: a convolution of the output's gradient (spread out by the stride) with the
 * turned filter. Many times faster on wasm than its own kernel for this.
 *
 * @param dy - `[n, outH, outW, out]`
 * @param filter - `[kernelH, kernelW, in, out]`
 * @returns `[n, h, w, in]`
 */
export function inputGradient(tf: TensorFlow, dy: Tensor4D, filter: Tensor4D, info: ConvInfo): Tensor4D {
  const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth } = info;
  return tf.tidy(() => {
    const spread = spreadOut(tf, dy, strideHeight, strideWidth);
    const [top, left] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left];
    const bottom = inHeight + filterHeight - 1 - top - spread.shape[1];
    const right = inWidth + filterWidth - 1 - left - spread.shape[2];
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
    return tf.conv2d(fit(tf, spread, top, bottom, left, right), turned, 1, 'valid');
  });
}

/** Zeros between rows and columns. */
function spreadOut(tf: TensorFlow, dy: Tensor4D, rows: number, cols: number): Tensor4D {
  if (rows === 1 && cols === 1) return dy;
  const [n, h, w, c] = dy.shape;
  const across = tf.pad(tf.reshape(dy, [n * h, w, 1, c]), [[0, 0], [0, 0], [0, cols - 1], [0, 0]]); // [n * h, w, cols, c]
  const down = tf.pad(tf.reshape(across, [n, h, 1, w * cols * c]), [[0, 0], [0, 0], [0, rows - 1], [0, 0]]);
  return tf.reshape(down, [n, h * rows, w * cols, c]);
}

/** Pads with zeros; where a number is negative, cuts off. */
function fit(tf: TensorFlow, x: Tensor4D, top: number, bottom: number, left: number, right: number): Tensor4D {
  const [n, h, w, c] = x.shape;
  const cut = bottom < 0 || right < 0 ? tf.slice(x, [0, 0, 0, 0], [n, h + Math.min(0, bottom), w + Math.min(0, right), c]) : x;
  return tf.pad(cut, [[0, 0], [top, Math.max(0, bottom)], [left, Math.max(0, right)], [0, 0]]);
}

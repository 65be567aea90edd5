import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../tensor/types.js';

/** Weights of one network by name, for example `same2.weight`: loaded tensors, or variables in training. */
export type WeightsByName = (name: string) => Tensor;

/** The layers that depend on the sitter, with the sitter in them. */
export type FoldedWeights = Readonly<Record<string, Tensor>>;

/** Negative slope of the leaky ReLU. */
const SLOPE = 0.2;

/** Layers that the sitter's vector modulates. */
const MODULATED = ['same2', 'same3', 'up2', 'up1'] as const;

/** Channels of a head: residual 3, gain 3, then three masks of 2 x 2 crop pixels. */
export const HEAD_CHANNELS = 18;
const TONE_CHANNELS = 6;

/**
 * A 3 x 3 convolution with one pixel of zeros around, bias and leaky ReLU. While gradients are taken tfjs computes the same in
 * separate steps, so that this serves training, too.
 */
export function convolve(tf: TensorFlow, weights: WeightsByName, name: string, x: Tensor4D, options: { readonly stride?: 1 | 2; readonly linear?: boolean } = {}): Tensor4D {
  const { stride = 1, linear = false } = options;
  return tf.fused.conv2d({
    // 'same' puts all of the padding of a stride of 2 on one side; PyTorch, where the weights come from, on both.
    x: stride === 2 ? tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]) : x,
    pad: stride === 2 ? 'valid' : 'same',
    strides: stride,
    filter: weights(`${name}.weight`) as Tensor4D, // [3, 3, in, out]
    bias: weights(`${name}.bias`), // [out]
    // A slope of 1 is none. 'linear' would be fused in training, too, with a gradient that is slow on wasm.
    activation: 'leakyrelu',
    leakyreluAlpha: linear ? 1 : SLOPE,
  });
}

/**
 * The weights with a sitter's modulation inside: a layer's result `y` becomes `y * (1 + scale) + shift`, with scale and shift
 * a linear map of the sitter's vector.
 *
 * @param vector - `[1, identity]`.
 * @returns Weight and bias of the modulated layers, by name. The caller disposes them.
 */
export function foldModulation(tf: TensorFlow, weights: WeightsByName, vector: Tensor2D): FoldedWeights {
  const folded: Record<string, Tensor> = {};
  for (const name of MODULATED) {
    const [weight, bias] = tf.tidy(() => {
      const style = tf.add(tf.matMul(vector, weights(`styles.${name}.weight`) as Tensor2D), weights(`styles.${name}.bias`)); // [1, 2 * out]
      const [scale, shift] = tf.split(tf.reshape(style, [-1]) as Tensor1D, 2) as [Tensor1D, Tensor1D];
      const factor = tf.add(scale, 1);
      return [tf.mul(weights(`${name}.weight`), factor), tf.add(tf.mul(weights(`${name}.bias`), factor), shift)];
    });
    folded[`${name}.weight`] = weight!;
    folded[`${name}.bias`] = bias!;
  }
  return folded;
}

/**
 * The U-Net of one region.
 *
 * @param weights - with the sitter's modulation folded in.
 * @param x - `[n, rows / 2, cols / 2, PACKED_CHANNELS]`, see `packCrop`.
 * @returns `[n, rows / 2, cols / 2, HEAD_CHANNELS]`, raw; see `readControls`.
 */
export function refinerHead(tf: TensorFlow, weights: WeightsByName, x: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    const conv = (name: string, input: Tensor4D, stride: 1 | 2 = 1): Tensor4D => convolve(tf, weights, name, input, { stride });
    const upward = (deep: Tensor4D, beside: Tensor4D): Tensor4D => {
      const [, rows, cols] = beside.shape;
      return tf.concat([tf.image.resizeNearestNeighbor(deep, [rows, cols]), beside], 3);
    };
    const e1 = conv('same1', conv('enter', x)); // [n, h/2, w/2, w1]
    const e2 = conv('same2', conv('down2', e1, 2)); // [n, h/4, w/4, w2]
    const down = conv('down3', e2, 2); // [n, h/8, w/8, w3]
    const deep: Tensor4D = tf.add(down, conv('same3', down));
    const u2 = conv('up2', upward(deep, e2)); // [n, h/4, w/4, w2]
    const u1 = conv('last1', conv('up1', upward(u2, e1))); // [n, h/2, w/2, w1]
    const out = convolve(tf, weights, 'out', u1, { linear: true });
    const [tones, masks] = tf.split(out, [TONE_CHANNELS, HEAD_CHANNELS - TONE_CHANNELS], 3) as [Tensor4D, Tensor4D];
    // A fixed filter that lies with the weights: it blurs a mouth's tones, so that single teeth can't be redrawn.
    return tf.concat([tf.conv2d(tones, weights('soften.weight') as Tensor4D, 1, 'same'), masks], 3);
  });
}

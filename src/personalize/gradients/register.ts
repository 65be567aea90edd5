import type { GradConfig, NamedAttrMap, NamedTensorInfoMap, Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorBackend, TensorFlow } from '../../generator/tensor/types.js';
import { filterGradient, inputGradient } from './convolution.js';

type Gradient = (dy: Tensor, saved: Tensor[], attributes: NamedAttrMap) => Record<string, () => Tensor>;

/**
 * Makes the operations of the refiner's networks and of their objective differentiable on a backend.
 *
 * tfjs-core alone knows no gradients: they come with the `@tensorflow/tfjs` package, which would weigh several megabytes. Where that
 * package is loaded already, its gradients stay; only what is missing is added. wasm lacks one kernel that they call.
 */
export function enableTraining({ tf, name }: TensorBackend): void {
  for (const config of gradientsOf(tf)) if (!hasGradient(tf, config.kernelName)) tf.registerGradient(config);
  if (!hasKernel(tf, tf.Conv2DBackpropFilter, name)) {
    tf.registerKernel({ kernelName: tf.Conv2DBackpropFilter, backendName: name, kernelFunc: ({ inputs, attrs }) => filterKernel(tf, inputs, attrs!) });
  }
}

function hasGradient(tf: TensorFlow, kernelName: string): boolean {
  return (tf.getGradient(kernelName) as GradConfig | undefined) !== undefined;
}

function hasKernel(tf: TensorFlow, kernelName: string, backendName: string): boolean {
  return tf.getKernelsForBackend(backendName).some((kernel) => kernel.kernelName === kernelName);
}

/** `Conv2DBackpropFilter` put together from other kernels. */
function filterKernel(tf: TensorFlow, inputs: NamedTensorInfoMap, attributes: NamedAttrMap): TensorInfo {
  const { x, dy } = inputs as unknown as Readonly<Record<'x' | 'dy', Tensor4D>>;
  const { strides, pad, filterShape } = attributes as unknown as { strides: number | [number, number]; pad: 'same' | 'valid' | number; filterShape: [number, number, number, number] };
  const result = filterGradient(tf, x, dy, tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad));
  const { dataId, shape, dtype } = result;
  // The engine makes a tensor of its own of what a kernel returns; the memory must outlive ours.
  tf.backend().incRef(dataId);
  result.dispose();
  return { dataId, shape, dtype };
}

/** Of every kernel that the networks and their objective call. */
function gradientsOf(tf: TensorFlow): GradConfig[] {
  const gradient = (kernelName: string, gradFunc: Gradient, inputsToSave: string[] = [], outputsToSave: boolean[] = []): GradConfig => ({
    kernelName,
    inputsToSave,
    outputsToSave,
    gradFunc: gradFunc as unknown as GradConfig['gradFunc'],
  });
  const fold = (dy: Tensor, like: Tensor): Tensor => sumTo(tf, dy, like.shape);
  return [
    gradient(
      tf.Conv2D,
      (dy, [x, filter], { strides, pad }) => {
        const info = tf.backend_util.computeConv2DInfo((x as Tensor4D).shape, (filter as Tensor4D).shape, strides as number, 1, pad as number);
        return {
          x: () => inputGradient(tf, dy as Tensor4D, filter as Tensor4D, info),
          filter: () => filterGradient(tf, x as Tensor4D, dy as Tensor4D, info),
        };
      },
      ['x', 'filter'],
    ),
    gradient(tf.BatchMatMul, (dy, [a, b]) => ({ a: () => tf.matMul(dy, b!, false, true), b: () => tf.matMul(a!, dy, true, false) }), ['a', 'b']),
    gradient(tf.Add, (dy, [a, b]) => ({ a: () => fold(dy, a!), b: () => fold(dy, b!) }), ['a', 'b']),
    gradient(tf.Sub, (dy, [a, b]) => ({ a: () => fold(dy, a!), b: () => tf.neg(fold(dy, b!)) }), ['a', 'b']),
    gradient(tf.Multiply, (dy, [a, b]) => ({ a: () => fold(tf.mul(dy, b!), a!), b: () => fold(tf.mul(dy, a!), b!) }), ['a', 'b']),
    gradient(tf.LeakyRelu, (dy, [x], { alpha }) => ({ x: () => tf.mul(dy, tf.step(x!, alpha as number)) }), ['x']),
    gradient(tf.Sigmoid, (dy, [y]) => ({ x: () => tf.mul(dy, tf.mul(y!, tf.sub(1, y!))) }), [], [true]),
    gradient(tf.Tanh, (dy, [y]) => ({ x: () => tf.mul(dy, tf.sub(1, tf.mul(y!, y!))) }), [], [true]),
    gradient(tf.Exp, (dy, [y]) => ({ x: () => tf.mul(dy, y!) }), [], [true]),
    gradient(tf.Sqrt, (dy, [y]) => ({ x: () => tf.div(dy, tf.mul(y!, 2)) }), [], [true]),
    gradient(tf.Sum, (dy, [x], { axis }) => ({ x: () => spread(tf, dy, x!.shape, axis as number[]) }), ['x']),
    gradient(tf.Reshape, (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }), ['x']),
    gradient(tf.PadV2, (dy, [x], { paddings }) => ({ x: () => tf.slice(dy, (paddings as unknown as number[][]).map(([before]) => before!), x!.shape) }), ['x']),
    gradient(tf.SplitV, (dy, _, { axis }) => ({ x: () => tf.concat(dy as unknown as Tensor[], axis as number) })),
    gradient(tf.ResizeNearestNeighbor, (dy, [images]) => ({ images: () => gather(tf, dy as Tensor4D, images as Tensor4D) }), ['images']),
    {
      kernelName: tf.Concat,
      saveAllInputs: true,
      gradFunc: (dy, saved, attributes) => {
        const axis = tf.util.parseAxisParam(attributes['axis'] as number, saved[0]!.shape)[0]!;
        const parts = tf.split(dy as Tensor, saved.map(({ shape }) => shape[axis]!), axis);
        return parts.map((part) => () => part) as unknown as ReturnType<GradConfig['gradFunc']>;
      },
    },
  ];
}

/** Undoes a broadcast: sums over the axes that were stretched. */
function sumTo(tf: TensorFlow, dy: Tensor, shape: number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  if (axes.length === 0) return dy;
  const channels = shape.at(-1);
  // A bias: sums over all but the last axis are a product with ones, which is the fastest thing that backends do.
  if (channels !== undefined && channels > 1 && tf.util.sizeFromShape(shape) === channels) {
    const rows = dy.size / channels;
    return tf.reshape(tf.matMul(tf.ones([1, rows]), tf.reshape(dy, [rows, channels])), shape);
  }
  return tf.reshape(tf.sum(dy, axes), shape);
}

/** Undoes a sum. */
function spread(tf: TensorFlow, dy: Tensor, shape: number[], axis: number | number[]): Tensor {
  const axes = tf.util.parseAxisParam(axis, shape);
  const kept = shape.map((size, k) => (axes.includes(k) ? 1 : size));
  return tf.mul(tf.reshape(dy, kept), tf.ones(shape));
}

/** Undoes an enlargement by whole numbers. */
function gather(tf: TensorFlow, dy: Tensor4D, images: Tensor4D): Tensor {
  const [down, across] = [dy.shape[1] / images.shape[1], dy.shape[2] / images.shape[2]];
  return tf.mul(tf.avgPool(dy, [down, across], [down, across], 'valid'), down * across);
}

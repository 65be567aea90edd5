import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Box, Frame } from '../../core/frame.js';
import type { FlowField } from '../../geometry/flow-field.js';
import { sampleBilinear } from './bilinear.js';
import type { TensorBackend } from './types.js';

/**
 * The warp as tensor operations: the same picture as `sampleFlow` within one level of 255, but on a backend, where the refiner
 * can go on with it. One frame at a time: batches of four were not faster on any backend that was measured.
 */
export interface TensorWarp {
  /**
   * Applies a backward flow and leaves the result on the backend.
   *
   * @returns `[region.height, region.width, 4]`, 0..255, unrounded. The caller disposes it.
   */
  warp(field: FlowField, region: Box): Tensor3D;
  /** Applies a backward flow and writes the field's rectangle of `out`, as `sampleFlow` does. */
  draw(field: FlowField, out: Frame): Promise<void>;
  /** Frees the source picture on the backend. */
  dispose(): void;
}

/** Where the output pixels of one region lie on the flow's grid. A clip has one field geometry, so this is made once. */
interface GridPlaces {
  readonly key: string;
  readonly x: Tensor1D; // [height * width] cells
  readonly y: Tensor1D; // [height * width] cells
}

/** Uploads `source` once; every {@link TensorWarp.warp} reads it there. */
export function createTensorWarp(backend: TensorBackend, source: Frame): TensorWarp {
  const { tf } = backend;
  backend.activate();
  const picture = tf.tensor3d(Float32Array.from(source.data), [source.height, source.width, 4]);
  let places: GridPlaces | undefined;

  const placesOf = (field: FlowField, region: Box): GridPlaces => {
    const key = [field.originX, field.originY, field.step, field.cols, field.rows, region.x, region.y, region.width, region.height].join();
    if (places?.key !== key) {
      tf.dispose([places?.x, places?.y].filter((tensor) => tensor !== undefined));
      places = { key, ...gridPlaces(backend, field, region) };
    }
    return places;
  };

  const warp = (field: FlowField, region: Box): Tensor3D => {
    backend.activate();
    const { x, y } = placesOf(field, region);
    return tf.tidy(() => {
      const flow = tf.tensor3d(interleave(field), [field.rows, field.cols, 2]);
      const [sourceX, sourceY] = tf.unstack(sampleBilinear(tf, flow, x, y)) as [Tensor1D, Tensor1D];
      const pixels = sampleBilinear(tf, picture, sourceX, sourceY); // [4, height * width]
      return tf.reshape(tf.transpose(pixels), [region.height, region.width, 4]);
    });
  };

  return {
    warp,
    async draw(field, out) {
      const region = regionOf(field, out);
      if (region.width <= 0 || region.height <= 0) return;
      const result = warp(field, region);
      try {
        const values = await result.data();
        const row = region.width * 4;
        for (let j = 0; j < region.height; j++) {
          // Uint8ClampedArray rounds to the nearest level.
          out.data.set(values.subarray(j * row, (j + 1) * row), ((region.y + j) * out.width + region.x) * 4);
        }
      } finally {
        result.dispose();
      }
    },
    dispose() {
      tf.dispose([picture, places?.x, places?.y].filter((tensor) => tensor !== undefined));
      places = undefined;
    },
  };
}

/** The part of `out` that `field` covers, whole pixels. */
function regionOf(field: FlowField, out: Frame): Box {
  const x = Math.max(0, field.originX);
  const y = Math.max(0, field.originY);
  const right = Math.min(out.width, Math.floor(field.originX + field.cols * field.step));
  const bottom = Math.min(out.height, Math.floor(field.originY + field.rows * field.step));
  return { x, y, width: right - x, height: bottom - y };
}

function gridPlaces({ tf }: TensorBackend, field: FlowField, region: Box): { x: Tensor1D; y: Tensor1D } {
  const count = region.width * region.height;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  let o = 0;
  for (let j = 0; j < region.height; j++) {
    const gridY = (region.y + j - field.originY + 0.5) / field.step - 0.5;
    for (let i = 0; i < region.width; i++, o++) {
      x[o] = (region.x + i - field.originX + 0.5) / field.step - 0.5;
      y[o] = gridY;
    }
  }
  return { x: tf.tensor1d(x), y: tf.tensor1d(y) };
}

function interleave(field: FlowField): Float32Array {
  const flow = new Float32Array(field.cols * field.rows * 2);
  for (let i = 0; i < field.cols * field.rows; i++) {
    flow[2 * i] = field.x[i]!;
    flow[2 * i + 1] = field.y[i]!;
  }
  return flow;
}

import { CHANNEL, CROP_CHANNELS } from '../generator/refiner/layout.js';
import { PACKED_CHANNELS, packCrop } from '../generator/refiner/pack.js';
import type { TensorFlow } from '../generator/tensor/types.js';
import type { Exercise } from './exercises.js';
import type { PackedBatch } from './objective.js';
import type { Dice } from './random.js';

/** First channels of the pictures in a crop that a change of light touches. */
const PICTURES = [CHANNEL.source, CHANNEL.warp, CHANNEL.draft, CHANNEL.driver];
/** Crop pixels over which alpha fades in at a crop's border; see `readControls`. */
const FEATHER = 6;
/** Steps of a table of tones. */
const TONES = 2048;

/** A change of light, the same for all pictures of an exercise, `[3][TONES + 1]`: tones 0..1 to tones. */
type Light = readonly Float32Array[];

/**
 * Packs exercises for the objective. The caller disposes the tensors.
 *
 * @param dice - each exercise gets a light of its own; absent: as they are.
 */
export function packBatch(tf: TensorFlow, exercises: readonly Exercise[], dice?: Dice): PackedBatch {
  const { rows, cols } = exercises[0]!.region;
  const n = exercises.length;
  const [h, w] = [rows / 2, cols / 2];
  const x = new Float32Array(n * h * w * PACKED_CHANNELS);
  const target = new Float32Array(n * h * w * 12);
  const weight = new Float32Array(n * h * w * 4);
  exercises.forEach((exercise, k) => {
    // What answers a driven exercise is a network's picture, not a photo: it need not change with the light as pixels do.
    const { crop, answer } = dice && !exercise.driven ? lit(exercise, drawLight(dice)) : exercise;
    packCrop(crop, rows, cols, x, k * h * w * PACKED_CHANNELS);
    packPlanes(answer, 3, rows, cols, target, k * h * w * 12);
    packPlanes(importance(crop), 1, rows, cols, weight, k * h * w * 4);
  });
  return {
    x: tf.tensor4d(x, [n, h, w, PACKED_CHANNELS]),
    target: tf.tensor4d(target, [n, h, w, 12]),
    weight: tf.tensor4d(weight, [n, h, w, 4]),
    feather: tf.tensor4d(feather(rows, cols), [1, h, w, 4]),
  };
}

/** Packed pictures `[n, rows / 2, cols / 2, 12]` to one `[rows, cols, 3]` each. */
export function unpackPictures(packed: Float32Array, rows: number, cols: number): Float32Array[] {
  const size = rows * cols * 3;
  return Array.from({ length: packed.length / size }, (_, n) => {
    const out = new Float32Array(size);
    let o = n * size;
    for (let j = 0; j < rows; j += 2) {
      for (let i = 0; i < cols; i += 2) {
        for (let c = 0; c < 3; c++) {
          for (let d = 0; d < 4; d++) out[((j + (d >> 1)) * cols + i + (d & 1)) * 3 + c] = packed[o++]!;
        }
      }
    }
    return out;
  });
}

/** `[rows, cols, channels]` to `[rows / 2, cols / 2, channels * 4]`, in `packCrop`'s order. */
function packPlanes(planes: Float32Array, channels: number, rows: number, cols: number, out: Float32Array, offset: number): void {
  let o = offset;
  for (let j = 0; j < rows; j += 2) {
    for (let i = 0; i < cols; i += 2) {
      for (let c = 0; c < channels; c++) {
        for (let d = 0; d < 4; d++) out[o++] = planes[((j + (d >> 1)) * cols + i + (d & 1)) * channels + c]!;
      }
    }
  }
}

/** Eyeball and lids count three times, as in training/losses.py. */
function importance(crop: Float32Array): Float32Array {
  const out = new Float32Array(crop.length / CROP_CHANNELS);
  for (let i = 0, o = CHANNEL.distance; i < out.length; i++, o += CROP_CHANNELS) out[i] = 1 + 2 * sigmoid((crop[o]! + 0.25) * 25);
  return out;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function feather(rows: number, cols: number): Float32Array {
  const ramp = (i: number, n: number): number => Math.min(1, Math.min(i, n - 1 - i) / FEATHER);
  const plane = Float32Array.from({ length: rows * cols }, (_, i) => ramp(Math.floor(i / cols), rows) * ramp(i % cols, cols));
  const out = new Float32Array(plane.length);
  packPlanes(plane, 1, rows, cols, out, 0);
  return out;
}

function drawLight(dice: Dice): Light {
  const gamma = 2 ** (0.12 * dice.normal());
  return [0, 1, 2].map(() => {
    const gain = Math.min(1.2, Math.max(0.8, 1 + 0.05 * dice.normal()));
    return Float32Array.from({ length: TONES + 1 }, (_, i) => Math.min(1, gain * (i / TONES) ** gamma));
  });
}

function lit({ crop, answer }: Exercise, light: Light): Pick<Exercise, 'crop' | 'answer'> {
  const changed = crop.slice();
  const tone = (value: number, k: number): number => light[k]![Math.min(TONES, Math.max(0, Math.round(value * TONES)))]!;
  for (let o = 0; o < crop.length; o += CROP_CHANNELS) {
    const present = crop[o + CHANNEL.present]! > 0;
    for (const first of PICTURES) {
      if (first === CHANNEL.driver && !present) continue;
      for (let k = 0; k < 3; k++) changed[o + first + k] = tone(crop[o + first + k]!, k);
    }
  }
  return { crop: changed, answer: answer.map((value, i) => tone(value, i % 3)) };
}

import type { NetworkTier } from '#dist/generator/tensor/manifest.js';
import { loadWeights } from '#dist/generator/tensor/weights.js';
import { createControls, readControls, type Controls } from '#dist/generator/refiner/controls.js';
import { TIER_NETWORKS } from '#dist/generator/refiner/heads.js';
import { keepToSkin } from '#dist/generator/refiner/keep-to-skin.js';
import { LocalTones } from '#dist/generator/refiner/local-tones.js';
import type { AnyNetwork } from '#dist/generator/refiner/regions.js';
import { embedCrops } from '#dist/generator/refiner/embed.js';
import { foldModulation, HEAD_CHANNELS, refinerHead } from '#dist/generator/refiner/network.js';
import { packCrop, PACKED_CHANNELS } from '#dist/generator/refiner/pack.js';
import type { TensorBackend } from '#dist/backends/types.js';
import { readFileSync } from 'node:fs';

/** What training/export.py wrote for one network: an input, and what PyTorch makes of it. */
export interface GoldenNetwork {
  readonly rows: number;
  readonly cols: number;
  /** `[rows, cols, 17]` as a crop. */
  readonly crop: Float32Array;
  readonly vector: Float32Array;
  readonly head: Float32Array;
  readonly residual: Float32Array;
  readonly gain: Float32Array;
  readonly alpha: Float32Array;
  readonly back: Float32Array;
  readonly choice: Float32Array;
}

type Entry = { readonly shape: readonly number[]; readonly dtype: 'uint8' | 'float32'; readonly offset: number };

const GOLDEN = new URL('../golden/', import.meta.url);
const SIGNED = [13, 14];

/** Networks with golden files, by tier. */
export const GOLDEN_NETWORKS = Object.entries(TIER_NETWORKS).flatMap(([tier, networks]) => networks.map((network) => [tier as NetworkTier, network as AnyNetwork] as const));

export function readGolden(tier: NetworkTier, network: AnyNetwork): GoldenNetwork {
  const file = `refiner-${tier}`;
  const index = JSON.parse(readFileSync(new URL(`${file}.json`, GOLDEN), 'utf8')) as Record<string, Record<string, Entry>>;
  const bytes = readFileSync(new URL(`${file}.bin`, GOLDEN));
  const entry = (name: string): Entry => index[network]![name]!;
  const read = (name: string): Float32Array => {
    const { shape, offset } = entry(name);
    return Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => bytes.readFloatLE(offset + 4 * i));
  };
  const [rows, cols, channels] = entry('input').shape as [number, number, number];
  const crop = Float32Array.from({ length: rows * cols * channels }, (_, i) => {
    const value = bytes[entry('input').offset + i]!;
    return SIGNED.includes(i % channels) ? value / 127.5 - 1 : value / 255;
  });
  const arrays = { vector: read('vector'), head: read('head'), residual: read('residual'), gain: read('gain'), alpha: read('alpha'), back: read('back'), choice: read('choice') };
  return { rows, cols, crop, ...arrays };
}

/** The same by this package, on a backend. */
export async function runRefiner(backend: TensorBackend, tier: NetworkTier, network: AnyNetwork, golden: GoldenNetwork): Promise<Pick<GoldenNetwork, 'vector' | 'head'> & { readonly controls: Controls }> {
  const { rows, cols, crop } = golden;
  const { tf } = backend;
  const weights = await loadWeights(tier, backend);
  const byName = (name: string) => weights.get(`${network}.${name}`);
  backend.activate();
  const source = Float32Array.from({ length: rows * cols * 3 }, (_, i) => crop[Math.floor(i / 3) * 17 + (i % 3)]!);
  const input = new Float32Array((rows / 2) * (cols / 2) * PACKED_CHANNELS);
  packCrop(crop, rows, cols, input, 0);
  const vector = tf.tidy(() => embedCrops(tf, byName, tf.tensor4d(source, [1, rows, cols, 3])));
  const folded = foldModulation(tf, byName, vector);
  const head = tf.tidy(() => refinerHead(tf, (name) => folded[name] ?? byName(name), tf.tensor4d(input, [1, rows / 2, cols / 2, PACKED_CHANNELS])));
  const values = { vector: (await vector.data()) as Float32Array, head: (await head.data()) as Float32Array };
  tf.dispose([vector, head]);
  tf.dispose(folded);
  weights.dispose();
  const controls = createControls(rows, cols);
  readControls(values.head, 0, crop, 1, controls);
  if (network === 'face') {
    keepToSkin(controls, crop);
    new LocalTones(rows, cols).keep(controls);
  }
  if (values.head.length !== (rows * cols * HEAD_CHANNELS) / 4) throw new Error(`a head of ${values.head.length} values`);
  return { ...values, controls };
}

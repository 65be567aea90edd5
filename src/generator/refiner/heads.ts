import type { RefinerInfo, SourcePhoto } from '../../core/ports.js';
import type { TensorBackend } from '../tensor/types.js';
import { loadWeights, type Weights, type WeightsOptions } from '../tensor/weights.js';
import type { SitterAdapter } from '../sitter/adapter.js';
import { adaptWeights } from '../sitter/adapt-weights.js';
import { sitterCrop } from './crops.js';
import { RegionNetwork } from './region-network.js';
import { REFINER_REGIONS, type RefinerNetwork, type RefinerRegion } from './regions.js';

/** The regions that one network draws, in the order of its batch. */
export const NETWORK_REGIONS: Readonly<Record<RefinerNetwork, readonly RefinerRegion[]>> = {
  mouth: REFINER_REGIONS.filter(({ network }) => network === 'mouth'),
  eye: REFINER_REGIONS.filter(({ network }) => network === 'eye'),
};

/** One array for each network. */
export type PerNetwork = Readonly<Record<RefinerNetwork, Float32Array>>;

/** The sitter's own crops for each network, `[rows, cols, 3]` each: all photos, and both eyes, speak for one sitter. */
export type SitterCrops = Readonly<Record<RefinerNetwork, readonly Float32Array[]>>;

/** Both networks with one sitter in them, wherever they run. */
export interface RefinerHeads {
  readonly info: RefinerInfo;
  /**
   * Computes the heads of one frame. Any number may be in flight.
   *
   * @param inputs - `[regions, rows / 2, cols / 2, PACKED_CHANNELS]`; may be used again as soon as this returns.
   * @returns `[regions, rows / 2, cols / 2, HEAD_CHANNELS]`
   */
  run(inputs: PerNetwork): Promise<PerNetwork>;
  close(): Promise<void>;
}

/** Which networks; plain data. */
export interface HeadsOptions extends WeightsOptions {
  /** What was learnt of the sitter before; replaces what the crops say. */
  readonly adapter?: SitterAdapter;
}

/** Makes heads; in this thread, or in a worker. */
export type OpenHeads = (sitter: SitterCrops, options: HeadsOptions) => Promise<RefinerHeads>;

export function sitterCrops(photos: readonly SourcePhoto[]): SitterCrops {
  const crops = (name: RefinerNetwork): readonly Float32Array[] => NETWORK_REGIONS[name].flatMap((region) => photos.map((photo) => sitterCrop(region, photo)));
  return { mouth: crops('mouth'), eye: crops('eye') };
}

/**
 * Loads the weights of `standard` and folds a sitter into them.
 *
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`; `INVALID_SITTER` when the adapter belongs to other weights
 */
export async function openHeads(backend: TensorBackend, sitter: SitterCrops, options: HeadsOptions = {}): Promise<RefinerHeads> {
  const { adapter } = options;
  const weights = await loadAdapted(backend, options);
  const networks: RegionNetwork[] = [];
  const free = (): void => {
    for (const network of networks) network.dispose();
    weights.dispose();
  };
  const make = (name: RefinerNetwork): RegionNetwork => {
    const [region, ...others] = NETWORK_REGIONS[name];
    const network = new RegionNetwork(backend, (tensor) => weights.get(`${name}.${tensor}`), region!, 1 + others.length, adapter?.vectors[name] ?? sitter[name]);
    networks.push(network);
    return network;
  };
  try {
    const [mouth, eye] = [make('mouth'), make('eye')];
    const { name, version, files } = weights.manifest;
    return {
      info: { name, version, sha256: files[0]!.sha256 },
      async run(inputs) {
        // Both are on their way before the first answer is waited for: a graphics card then works without a pause.
        const [mouthHeads, eyeHeads] = await Promise.all([mouth.run(inputs.mouth), eye.run(inputs.eye)]);
        return { mouth: mouthHeads, eye: eyeHeads };
      },
      close() {
        free();
        return Promise.resolve();
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}

async function loadAdapted(backend: TensorBackend, { adapter, ...options }: HeadsOptions): Promise<Weights> {
  const weights = await loadWeights('standard', backend, options);
  if (!adapter) return weights;
  try {
    return adaptWeights(weights, adapter, backend);
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

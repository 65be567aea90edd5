import type { RefinerInfo, SourcePhoto } from '../../core/ports.js';
import type { TensorBackend } from '../tensor/types.js';
import type { NetworkTier } from '../tensor/manifest.js';
import { loadWeights, type Weights, type WeightsOptions } from '../tensor/weights.js';
import type { SitterAdapter } from '../sitter/adapter.js';
import { adaptWeights } from '../sitter/adapt-weights.js';
import { sitterCrop } from './crops.js';
import { RegionNetwork } from './region-network.js';
import { FACE_REGION, REFINER_REGIONS, type AnyNetwork, type RefinerNetwork, type RefinerRegion } from './regions.js';

const REGIONS: readonly RefinerRegion[] = [FACE_REGION, ...REFINER_REGIONS];
const regionsOf = (name: AnyNetwork): readonly RefinerRegion[] => REGIONS.filter(({ network }) => network === name);

/** The regions that one network draws, in the order of its batch. */
export const NETWORK_REGIONS: Readonly<Record<AnyNetwork, readonly RefinerRegion[]>> = { face: regionsOf('face'), mouth: regionsOf('mouth'), eye: regionsOf('eye') };

/** The networks of each tier: `high` has larger ones for mouth and eyes, and one for the skin around them. */
export const TIER_NETWORKS = { standard: ['mouth', 'eye'], high: ['face', 'mouth', 'eye'] } as const satisfies Record<NetworkTier, readonly AnyNetwork[]>;

/** One array for each network. */
export type PerNetwork<N extends AnyNetwork = RefinerNetwork> = Readonly<Record<N, Float32Array>>;

/** The sitter's own crops for each network, `[rows, cols, 3]` each: all photos, and both eyes, speak for one sitter. */
export type SitterCrops<N extends AnyNetwork = RefinerNetwork> = Readonly<Record<N, readonly Float32Array[]>>;

/** The networks of a tier with one sitter in them, wherever they run. */
export interface RefinerHeads {
  /** Of the tier's weights; the version of `high` names those of `standard`, too, when they draw for a sitter with an adapter. */
  readonly info: RefinerInfo;
  /**
   * Computes the heads of some networks for one frame. Any number may be in flight.
   *
   * @param inputs - `[regions, rows / 2, cols / 2, PACKED_CHANNELS]`; may be used again as soon as this returns.
   * @returns `[regions, rows / 2, cols / 2, HEAD_CHANNELS]`
   */
  run<N extends AnyNetwork>(inputs: PerNetwork<N>): Promise<PerNetwork<N>>;
  close(): Promise<void>;
}

/** Which networks; plain data. */
export interface HeadsOptions extends WeightsOptions {
  /** What was learnt of the sitter before; its vectors replace what the crops say. */
  readonly adapter?: SitterAdapter;
}

/** What a tier's networks are told of the sitter; it says which networks there are. */
export type TierCrops = SitterCrops & Partial<SitterCrops<'face'>>;

/** Makes heads; in this thread, or in a worker. */
export type OpenHeads = (sitter: TierCrops, options: HeadsOptions) => Promise<RefinerHeads>;

export function sitterCrops(photos: readonly SourcePhoto[], tier: NetworkTier = 'standard'): TierCrops {
  const crops = (name: AnyNetwork): readonly Float32Array[] => NETWORK_REGIONS[name].flatMap((region) => photos.map((photo) => sitterCrop(region, photo)));
  return Object.fromEntries(TIER_NETWORKS[tier].map((name) => [name, crops(name)])) as unknown as TierCrops;
}

/**
 * Loads the weights of a tier and folds a sitter into them. Mouth and eyes of a sitter with an adapter are always drawn by the networks of `standard`,
 * which it belongs to.
 *
 * @param sitter - of `high` when the face is among its crops.
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`; `INVALID_SITTER` when the adapter belongs to other weights
 */
export async function openHeads(backend: TensorBackend, sitter: TierCrops, options: HeadsOptions = {}): Promise<RefinerHeads> {
  const { adapter, ...where } = options;
  const loaded: Weights[] = [];
  const networks = new Map<AnyNetwork, RegionNetwork>();
  const free = (): Promise<void> => {
    for (const network of networks.values()) network.dispose();
    for (const weights of loaded) weights.dispose();
    return Promise.resolve();
  };
  const keep = (weights: Weights): Weights => {
    loaded.push(weights);
    return weights;
  };
  try {
    const high = sitter.face && keep(await loadWeights('high', backend, where));
    const features = high && !adapter ? high : keep(await loadAdapted(backend, options));
    const make = (name: AnyNetwork, weights: Weights, known: readonly Float32Array[] | Float32Array): void => {
      const [region, ...others] = NETWORK_REGIONS[name];
      networks.set(name, new RegionNetwork(backend, (tensor) => weights.get(`${name}.${tensor}`), region!, 1 + others.length, known));
    };
    for (const name of TIER_NETWORKS.standard) make(name, features, adapter?.vectors[name] ?? sitter[name]);
    if (high) make('face', high, sitter.face!);
    return {
      info: infoOf(features, high),
      async run<N extends AnyNetwork>(inputs: PerNetwork<N>) {
        // All are on their way before the first answer is waited for: a graphics card then works without a pause.
        const names = Object.keys(inputs) as N[];
        const heads = await Promise.all(names.map((name) => networks.get(name)!.run(inputs[name])));
        return Object.fromEntries(names.map((name, k) => [name, heads[k]!])) as Record<N, Float32Array>;
      },
      close: free,
    };
  } catch (error) {
    await free();
    throw error;
  }
}

function infoOf(features: Weights, high: Weights | undefined): RefinerInfo {
  const { name, version, files } = (high ?? features).manifest;
  const adapted = high !== undefined && high !== features;
  return { name, version: adapted ? `${version}, mouth and eyes of standard ${features.manifest.version}` : version, sha256: files[0]!.sha256 };
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

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tensor } from '@tensorflow/tfjs-core';
import { VivantError } from '../../core/errors.js';
import { decodeTensor } from './decode.js';
import { corrupt, NETWORK_TIERS, parseManifest, type NetworkTier, type WeightsManifest } from './manifest.js';
import type { TensorBackend } from './types.js';

/** Where weights are looked for. */
export interface WeightsOptions {
  /** The folder with one folder per tier. Default: `models/` of this package. */
  readonly directory?: string;
}

/** The tensors of one network, on a backend. */
export interface Weights {
  readonly manifest: WeightsManifest;
  /**
   * @returns The tensor of that name; it stays owned by the weights.
   * @throws VivantError `MODEL_CORRUPT` when the manifest has none of that name.
   */
  get(name: string): Tensor;
  /** Frees all tensors. Call before the backend is closed. */
  dispose(): void;
}

/** One tier in `vivant models list` and `vivant models verify`. */
export interface WeightsStatus {
  readonly tier: NetworkTier;
  /** `present`: a readable manifest; `verified`: every file has the bytes that the manifest promises. */
  readonly status: 'missing' | 'present' | 'verified' | 'corrupt';
  /** One sentence for people. */
  readonly detail: string;
  readonly manifest?: WeightsManifest;
}

/**
 * Loads the weights of a tier and puts them on `backend`. Every file is hashed before a byte of it is used.
 *
 * @throws VivantError `MODEL_MISSING` when the tier has no weights; `MODEL_CORRUPT` when a file is truncated, altered or swapped.
 */
export async function loadWeights(tier: NetworkTier, backend: TensorBackend, options: WeightsOptions = {}): Promise<Weights> {
  const manifest = await readManifest(tier, options);
  const files = await readFiles(manifest, tierDirectory(tier, options));
  const tensors = new Map<string, Tensor>();
  backend.activate();
  for (const entry of manifest.tensors) {
    tensors.set(entry.name, backend.tf.tensor(decodeTensor(entry, files.get(entry.file)!), [...entry.shape], 'float32'));
  }
  return {
    manifest,
    get(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw corrupt(tierDirectory(tier, options), `no tensor '${name}'`);
      return tensor;
    },
    dispose() {
      backend.tf.dispose([...tensors.values()]);
      tensors.clear();
    },
  };
}

/** Which tiers have weights; reads the manifests only. */
export function listWeights(options: WeightsOptions = {}): Promise<WeightsStatus[]> {
  return Promise.all(
    NETWORK_TIERS.map((tier) =>
      statusOf(tier, async () => {
        const manifest = await readManifest(tier, options);
        return { tier, status: 'present', detail: `${manifest.name} ${manifest.version}, ${manifest.licence}.`, manifest };
      }),
    ),
  );
}

/** Hashes every file of every tier. */
export function verifyWeights(options: WeightsOptions = {}): Promise<WeightsStatus[]> {
  return Promise.all(
    NETWORK_TIERS.map((tier) =>
      statusOf(tier, async () => {
        const manifest = await readManifest(tier, options);
        await readFiles(manifest, tierDirectory(tier, options));
        return { tier, status: 'verified', detail: `${manifest.name} ${manifest.version}: all ${manifest.files.length} files have the SHA-256 of the manifest.`, manifest };
      }),
    ),
  );
}

async function statusOf(tier: NetworkTier, examine: () => Promise<WeightsStatus>): Promise<WeightsStatus> {
  try {
    return await examine();
  } catch (error) {
    if (!(error instanceof VivantError)) throw error;
    return { tier, status: error.code === 'MODEL_MISSING' ? 'missing' : 'corrupt', detail: error.message };
  }
}

/**
 * Reads the manifest of a tier.
 *
 * @throws VivantError `MODEL_MISSING` when the tier has no weights; `MODEL_CORRUPT` when the manifest is not one.
 */
export async function readManifest(tier: NetworkTier, options: WeightsOptions = {}): Promise<WeightsManifest> {
  const path = join(tierDirectory(tier, options), 'manifest.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw corrupt(path, 'a manifest that can not be read', cause);
    throw new VivantError('MODEL_MISSING', `Expected trained weights for quality '${tier}' in ${path} but there are none: this version ships without them. Use --quality draft, which needs no weights.`, {
      details: { tier, path },
      cause,
    });
  }
  return parseManifest(text, tier, path);
}

async function readFiles(manifest: WeightsManifest, directory: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(directory, name);
    const content = await readFile(path).catch((cause: unknown) => {
      throw corrupt(path, 'no readable file', cause);
    });
    if (content.length !== bytes) throw corrupt(path, `${content.length} bytes instead of ${bytes}`);
    const received = createHash('sha256').update(content).digest('hex');
    if (received !== sha256) throw corrupt(path, `bytes with SHA-256 ${received} instead of ${sha256}`);
    files.set(name, content);
  }
  return files;
}

function tierDirectory(tier: NetworkTier, { directory }: WeightsOptions): string {
  return join(directory ?? fileURLToPath(new URL('../../../models/', import.meta.url)), tier);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.js';

/** The package with CUDA first: it computes on the processor when it finds no graphics card. */
export const TFJS_NODE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
export type TfjsNodePackage = (typeof TFJS_NODE_PACKAGES)[number];

/** Name of the native addon's file. */
export const ADDON = 'tfjs_binding.node';
/** Beside an addon that this package has built: what it was linked to. */
export const LINK_RECORD = 'vivant-link.json';

/** What an addon was linked to. */
export interface LinkRecord {
  /** Version of TensorFlow. */
  readonly tensorflow: string;
  /** Folder of its libraries, absolute. */
  readonly libraries: string;
}

/** Asked before `require`: without the addon, requiring the package registers its kernels and only then throws. */
export function hasAddon(peer: Peer): boolean {
  return addonFolder(peer) !== undefined;
}

/** What the addon was linked to, when `linkTensorFlow` has built it. */
export function readLinkRecord(peer: Peer): LinkRecord | undefined {
  const folder = addonFolder(peer);
  if (folder === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, LINK_RECORD), 'utf8')) as LinkRecord;
  } catch {
    return undefined; // An addon that came with the package.
  }
}

function addonFolder({ directory }: Peer): string | undefined {
  const lib = join(directory, 'lib');
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((name) => join(lib, name))
    .find((folder) => existsSync(join(folder, ADDON)));
}

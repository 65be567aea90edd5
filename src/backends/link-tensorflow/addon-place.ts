import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { findPeer, type Peer } from '../peer.js';
import { ADDON, TFJS_NODE_PACKAGES, type TfjsNodePackage } from '../tfjs-node.js';

/** The release whose sources are built; another one may call other functions. */
const RELEASE = '4.22.0';

/** Where tfjs-node looks for its addon. */
export interface AddonPlace {
  readonly name: TfjsNodePackage;
  readonly peer: Peer;
  readonly napiVersion: number;
  /** Absolute; need not exist. */
  readonly folder: string;
  /** The addon's path in it. */
  readonly addon: string;
}

/**
 * The place of the addon in the installed tfjs-node. Where both packages are installed it is the one with `-gpu`, which is also the one
 * that is started first.
 *
 * @throws VivantError `PEER_MISSING`; `BACKEND_UNAVAILABLE` with `details.problem` `'peer'` when its version is another or its sources are
 * missing.
 */
export function findAddonPlace(): AddonPlace {
  for (const name of TFJS_NODE_PACKAGES) {
    const peer = findPeer(name);
    if (peer !== undefined) return placeIn(name, peer);
  }
  throw new VivantError('PEER_MISSING', `Expected @tensorflow/tfjs-node, whose addon is built, but it is not installed. In your project: npm install @tensorflow/tfjs-node@${RELEASE} --ignore-scripts`, {
    details: { peer: '@tensorflow/tfjs-node' },
  });
}

function placeIn(name: TfjsNodePackage, peer: Peer): AddonPlace {
  const refuse = (what: string): VivantError =>
    new VivantError('BACKEND_UNAVAILABLE', `Expected ${name} ${RELEASE} in ${peer.directory} but received ${what}. In your project: npm install ${name}@${RELEASE} --ignore-scripts`, {
      details: { backend: 'tensorflow', problem: 'peer', path: peer.directory, version: peer.version },
    });
  if (peer.version !== RELEASE) throw refuse(peer.version);
  if (!existsSync(join(peer.directory, 'binding', 'tfjs_binding.cc'))) throw refuse('one without its sources (binding/)');
  const { binary } = JSON.parse(readFileSync(join(peer.directory, 'package.json'), 'utf8')) as { binary: { module_path: string; napi_versions: number[] } };
  const napiVersion = bestNapiVersion(binary.napi_versions, Number(process.versions.napi));
  const folder = join(peer.directory, binary.module_path.replace('{napi_build_version}', String(napiVersion)));
  return { name, peer, napiVersion, folder, addon: join(folder, ADDON) };
}

/** The version that node-pre-gyp takes when it looks for the addon: the highest that this Node has. */
export function bestNapiVersion(offered: readonly number[], supported: number): number {
  return Math.max(...offered.filter((version) => version <= supported));
}

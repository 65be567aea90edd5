import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import util from 'node:util';
import { VivantError } from '../core/errors.js';
import { findPeer, type Peer } from './peer.js';
import { runBackend } from './run.js';
import type { BackendDriver, TensorFlow } from './types.js';

/** The package with CUDA first: it computes on the processor when it finds no graphics card. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;
const ADVICE =
  'In your project: npm install @tensorflow/tfjs-node-gpu@4.22.0 (NVIDIA card with CUDA 11 and cuDNN 8) or npm install @tensorflow/tfjs-node@4.22.0. ' +
  'Both download libtensorflow while they install, so install scripts must be allowed.';

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
}

/** libtensorflow through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, when the user has installed one. */
export const tensorflow: BackendDriver = {
  name: 'tensorflow',

  isSupported() {
    const found = PACKAGES.map((name) => ({ name, peer: findPeer(name) }));
    const usable = found.find(({ peer }) => peer !== undefined && hasAddon(peer));
    if (usable?.peer !== undefined) return Promise.resolve({ supported: true, version: usable.peer.version, device: `libtensorflow of ${usable.name}` });
    const installed = found.filter(({ peer }) => peer !== undefined).map(({ name }) => name);
    const reason =
      installed.length === 0
        ? `neither ${PACKAGES.join(' nor ')} is installed`
        : `${installed.join(' and ')} is installed without its native addon (tfjs_binding.node): its install script did not run or failed`;
    return Promise.resolve({ supported: false, reason, advice: ADVICE });
  },

  async start() {
    const failures: unknown[] = [];
    for (const name of PACKAGES) {
      const peer = findPeer(name);
      if (peer === undefined || !hasAddon(peer)) continue;
      try {
        const tf = load(peer, name);
        return await runBackend({ name: 'tensorflow', tf, kind: () => ((tf.backend() as unknown as NodeBackend).isUsingGpuDevice ? 'gpu' : 'cpu') });
      } catch (error) {
        failures.push(error);
      }
    }
    const reason = failures.length === 0 ? 'its native addon (tfjs_binding.node) was not found' : `its native addon did not load: ${String(failures[0])}`;
    throw new VivantError('BACKEND_UNAVAILABLE', `Expected the tensorflow backend to start but ${reason}. ${ADVICE}`, {
      details: { backend: 'tensorflow', reason },
      cause: failures[0],
    });
  },
};

/** Asked before `require`: without the addon, requiring the package registers its kernels and only then throws. */
function hasAddon({ directory }: Peer): boolean {
  const lib = join(directory, 'lib');
  return existsSync(lib) && readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

function load(peer: Peer, name: string): TensorFlow {
  // libtensorflow's information lines would mix with our progress on stderr; warnings and errors stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  // tfjs-node 4.22 still calls this; Node 23 took it away.
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value === null || value === undefined;
  (peer.require('@tensorflow/tfjs-core') as TensorFlow).enableProdMode();
  return peer.require(name) as TensorFlow;
}

import util from 'node:util';
import { VivantError } from '../core/errors.js';
import { findPeer, type Peer } from './peer.js';
import { runBackend } from './run.js';
import { hasAddon, readLinkRecord, TFJS_NODE_PACKAGES } from './tfjs-node.js';
import type { BackendDriver, TensorFlow } from './types.js';

const ADVICE =
  'In your project: npm install @tensorflow/tfjs-node-gpu@4.22.0 (NVIDIA card with CUDA 11 and cuDNN 8) or npm install @tensorflow/tfjs-node@4.22.0. ' +
  'Both download libtensorflow while they install, so install scripts must be allowed. ' +
  'With a TensorFlow that Python has: npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts, then `vivant doctor --link-tensorflow <its folder>`.';

/** libtensorflow through `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, when the user has installed one. */
export const tensorflow: BackendDriver = {
  name: 'tensorflow',

  isSupported() {
    const found = TFJS_NODE_PACKAGES.map((name) => ({ name, peer: findPeer(name) }));
    const usable = found.find(({ peer }) => peer !== undefined && hasAddon(peer));
    if (usable?.peer !== undefined) return Promise.resolve({ supported: true, version: usable.peer.version, device: deviceOf(usable.name, usable.peer) });
    const installed = found.filter(({ peer }) => peer !== undefined).map(({ name }) => name);
    const reason =
      installed.length === 0
        ? `neither ${TFJS_NODE_PACKAGES.join(' nor ')} is installed`
        : `${installed.join(' and ')} is installed without its native addon (tfjs_binding.node): its install script did not run or failed`;
    return Promise.resolve({ supported: false, reason, advice: ADVICE });
  },

  async start() {
    const failures: unknown[] = [];
    for (const name of TFJS_NODE_PACKAGES) {
      const peer = findPeer(name);
      if (peer === undefined || !hasAddon(peer)) continue;
      try {
        const tf = load(peer, name);
        return await runBackend({ name: 'tensorflow', tf });
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

function deviceOf(name: string, peer: Peer): string {
  const link = readLinkRecord(peer);
  return link === undefined ? `libtensorflow of ${name}` : `${name} linked to TensorFlow ${link.tensorflow} in ${link.libraries}`;
}

function load(peer: Peer, name: string): TensorFlow {
  // libtensorflow's information lines would mix with our progress on stderr; warnings and errors stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  // tfjs-node 4.22 still calls this; Node 23 took it away.
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value === null || value === undefined;
  (peer.require('@tensorflow/tfjs-core') as TensorFlow).enableProdMode();
  return peer.require(name) as TensorFlow;
}

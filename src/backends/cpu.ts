import { quietCore } from './quiet-core.js';
import { runBackend } from './run.js';
import type { BackendDriver } from './types.js';

/** Plain JavaScript. Hundreds of times slower than wasm: the tests' second opinion, not for work. */
export const cpu: BackendDriver = {
  name: 'cpu',

  async isSupported() {
    await quietCore();
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    return { supported: true, version, device: 'plain JavaScript', onlyByName: 'it is far too slow for video and meant for tests' };
  },

  async start() {
    const tf = await quietCore();
    await import('@tensorflow/tfjs-backend-cpu');
    return runBackend({ name: 'cpu', tf });
  },
};

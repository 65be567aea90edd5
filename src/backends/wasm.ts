import { createRequire } from 'node:module';
import { keepingCrashHandlers, withoutCrashHandlers } from './crash-handlers.js';
import { quietCore } from './quiet-core.js';
import { runBackend } from './run.js';
import type { BackendDriver } from './types.js';

const REINSTALL = 'Install the package again (npm ci): @tensorflow/tfjs-backend-wasm is one of its own dependencies.';

/** WebAssembly with SIMD, one thread (tfjs switches its threads off in Node). Always installed: the embedded default. */
export const wasm: BackendDriver = {
  name: 'wasm',

  async isSupported() {
    if (!('WebAssembly' in globalThis)) {
      return { supported: false, reason: 'this Node was started without WebAssembly (--jitless)', advice: 'Start Node without --jitless.' };
    }
    if (!hasBinaries()) return { supported: false, reason: 'its .wasm files are missing from node_modules', advice: REINSTALL };
    const tf = await quietCore();
    const { version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    return { supported: true, version, device: simd ? 'WebAssembly with SIMD' : 'WebAssembly without SIMD (about three times slower)' };
  },

  async start() {
    const tf = await quietCore();
    await import('@tensorflow/tfjs-backend-wasm');
    return withoutCrashHandlers(() => runBackend({ name: 'wasm', tf, shutDown: keepingCrashHandlers }));
  },
};

/** tfjs finds them by itself, beside its own code; a bundled or pruned installation may have lost them. */
function hasBinaries(): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
    return true;
  } catch {
    return false;
  }
}

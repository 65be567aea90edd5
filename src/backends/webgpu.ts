import { pathToFileURL } from 'node:url';
import { VivantError } from '../core/errors.js';
import { findPeer, type Peer } from './peer.js';
import { runBackend } from './run.js';
import type { BackendDriver, RunningBackend, Supported, TensorFlow, Unsupported } from './types.js';
import { exposeWebgpu, type Gpu, type WebgpuModule } from './webgpu-globals.js';

const ADVICE =
  'In your project: npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0, on a machine with a graphics driver ' +
  '(Linux: Vulkan, macOS: Metal, Windows: Direct3D 12).';

/** Architectures and devices of drivers that only imitate a graphics card on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;

/** Undoes what {@link exposeWebgpu} did, while the backend runs. */
let restore: (() => void) | undefined;

/** A graphics adapter, and what it takes to use it. */
interface Found {
  readonly supported: true;
  readonly answer: Supported;
  readonly module: WebgpuModule;
  readonly gpu: Gpu;
  readonly backend: Peer;
}

/** Dawn (the WebGPU of Chrome) through npm `webgpu`, with `@tensorflow/tfjs-backend-webgpu`, when the user has installed both. */
export const webgpu: BackendDriver = {
  name: 'webgpu',

  async isSupported() {
    const found = await findAdapter();
    return found.supported ? found.answer : found;
  },

  async start(): Promise<RunningBackend> {
    const found = await findAdapter();
    if (!found.supported) throw unavailable(found.reason);
    const { module, gpu, backend } = found;
    restore ??= exposeWebgpu(module, gpu);
    try {
      const tf = backend.require('@tensorflow/tfjs-core') as TensorFlow;
      tf.enableProdMode();
      backend.require('@tensorflow/tfjs-backend-webgpu');
      return await runBackend({ name: 'webgpu', tf, shutDown });
    } catch (cause) {
      if (cause instanceof VivantError) throw cause;
      hideWebgpu();
      throw unavailable(`tfjs-backend-webgpu did not start: ${String(cause)}`, cause);
    }
  },
};

function shutDown(free: () => void): void {
  free();
  hideWebgpu();
}

function hideWebgpu(): void {
  restore?.();
  restore = undefined;
}

async function findAdapter(): Promise<Found | Unsupported> {
  const dawn = findPeer('webgpu');
  const backend = findPeer('@tensorflow/tfjs-backend-webgpu');
  const missing = [dawn === undefined ? 'webgpu' : [], backend === undefined ? '@tensorflow/tfjs-backend-webgpu' : []].flat();
  if (dawn === undefined || backend === undefined) return no(`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`);
  try {
    const module = (await import(pathToFileURL(dawn.require.resolve('webgpu')).href)) as WebgpuModule;
    const gpu = module.create([]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return no(`webgpu ${dawn.version} finds no graphics card that it can use (no driver, or one that is too old)`);
    const { info } = adapter;
    const device = [info.vendor, info.architecture, info.description || info.device].filter((word) => word !== '').join(', ');
    const software = info.isFallbackAdapter === true || SOFTWARE.test(`${info.architecture} ${info.device} ${info.description}`);
    const answer: Supported = {
      supported: true,
      version: backend.version,
      device: `${device || 'unnamed adapter'} (webgpu ${dawn.version})`,
      ...(software ? { onlyByName: `${device} is a software adapter, slower than wasm` } : {}),
    };
    return { supported: true, answer, module, gpu, backend };
  } catch (error) {
    return no(`webgpu ${dawn.version} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unavailable(reason: string, cause?: unknown): VivantError {
  return new VivantError('BACKEND_UNAVAILABLE', `Expected the webgpu backend to start but ${reason}. ${ADVICE}`, { details: { backend: 'webgpu', reason }, cause });
}

function no(reason: string): Unsupported {
  return { supported: false, reason, advice: ADVICE };
}

import { VivantError } from '../core/errors.js';
import { cpu } from './cpu.js';
import { tensorflow } from './tensorflow.js';
import { BACKEND_NAMES, type BackendChoice, type BackendDriver, type BackendName, type BackendPreference, type BackendProbe, type RunningBackend, type TensorBackend } from './types.js';
import { wasm } from './wasm.js';
import { webgpu } from './webgpu.js';

const DRIVERS: Readonly<Record<BackendName, BackendDriver>> = { tensorflow, webgpu, wasm, cpu };

/**
 * Starts a tensor backend.
 *
 * `auto` goes through tensorflow, webgpu and wasm and takes the first one that works here. It moves on only when a backend
 * says that it is unsupported; any other failure is thrown. A backend asked for by name is never replaced by another.
 *
 * @param passing - what `auto` doesn't even look at. Default: nothing.
 * @throws VivantError `BACKEND_UNAVAILABLE` with advice when nothing that was asked for works here.
 */
export async function chooseBackend(preference: BackendPreference, passing: readonly BackendName[] = []): Promise<TensorBackend> {
  const tried: { name: BackendName; reason: string }[] = [];
  for (const name of preference === 'auto' ? BACKEND_NAMES.filter((each) => !passing.includes(each)) : [preference]) {
    const support = await DRIVERS[name].isSupported();
    if (!support.supported) {
      tried.push({ name, reason: support.reason });
      if (preference !== 'auto') throw unavailable(preference, tried, support.advice);
    } else if (preference === 'auto' && support.onlyByName !== undefined) {
      tried.push({ name, reason: `taken only when asked for by name: ${support.onlyByName}` });
    } else {
      const running = await startUnlessUnsupported(DRIVERS[name], preference, tried);
      if (running !== undefined) {
        const reason = preference === 'auto' ? reasonFor(running, tried) : 'asked for by name';
        return withChoice(running, { name, reason: `${reason}: ${support.device}`, tried });
      }
    }
  }
  throw unavailable(preference, tried, 'Run `vivant doctor` to see what each backend needs.');
}

/** Says for every backend whether it works here and how to get it. Never throws. */
export function probeBackends(): Promise<BackendProbe[]> {
  return Promise.all(
    BACKEND_NAMES.map(async (name): Promise<BackendProbe> => {
      try {
        const support = await DRIVERS[name].isSupported();
        if (!support.supported) return { name, supported: false, detail: support.reason, advice: support.advice };
        const detail = `${support.version}, ${support.device}`;
        return support.onlyByName === undefined ? { name, supported: true, detail } : { name, supported: true, detail, advice: `Used only with --backend ${name}: ${support.onlyByName}.` };
      } catch (error) {
        return { name, supported: false, detail: `could not be examined: ${String(error)}`, advice: 'Please report this with the output of `vivant doctor --json`.' };
      }
    }),
  );
}

async function startUnlessUnsupported(driver: BackendDriver, preference: BackendPreference, tried: { name: BackendName; reason: string }[]): Promise<RunningBackend | undefined> {
  try {
    return await driver.start();
  } catch (error) {
    if (preference !== 'auto' || !(error instanceof VivantError) || error.code !== 'BACKEND_UNAVAILABLE') throw error;
    const { reason } = error.details; // the message without its advice
    tried.push({ name: driver.name, reason: typeof reason === 'string' ? reason : error.message });
    return undefined;
  }
}

function reasonFor({ name }: RunningBackend, tried: BackendChoice['tried']): string {
  return tried.length === 0 ? `the fastest one there is (${name})` : `the first one that works here, after ${tried.map((other) => other.name).join(' and ')}`;
}

function withChoice(running: RunningBackend, choice: BackendChoice): TensorBackend {
  return { ...running, choice, [Symbol.asyncDispose]: () => running.close() };
}

function unavailable(preference: BackendPreference, tried: BackendChoice['tried'], advice: string): VivantError {
  const wanted = preference === 'auto' ? 'a tensor backend that works on this machine' : `the ${preference} backend, asked for by name`;
  const found = tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  return new VivantError('BACKEND_UNAVAILABLE', `Expected ${wanted}, but ${found}. ${advice}`, { details: { preference, tried } });
}

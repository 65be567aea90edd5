import { VivantError } from '../core/errors.js';
import type { BackendName, RunningBackend, TensorFlow } from './types.js';

/** How one tfjs backend is switched on and off. */
export interface BackendRecipe {
  readonly name: BackendName;
  readonly tf: TensorFlow;
  /** Wraps the call that frees the tfjs backend, after the last user has closed it. */
  shutDown?(free: () => void): void;
}

interface Engine {
  users: number;
  readonly ready: Promise<boolean>;
}

/** One list for the process: all copies of tfjs-core share one engine through a global. */
const running = new Map<BackendName, Engine>();
/** tfjs drops a backend that is still starting when another one is set, so starts wait for each other. */
let starting: Promise<unknown> = Promise.resolve();

/**
 * Starts a registered tfjs backend, or joins it when it runs already.
 *
 * @throws VivantError `BACKEND_UNAVAILABLE` when tfjs can't start it.
 */
export async function runBackend({ name, tf, shutDown = (free) => free() }: BackendRecipe): Promise<RunningBackend> {
  let engine = running.get(name);
  if (engine === undefined) {
    const ready = starting.then(() => tf.setBackend(name));
    starting = ready.catch(() => undefined);
    engine = { users: 0, ready };
    running.set(name, engine);
  }
  engine.users++;
  let open = true;
  const close = (): Promise<void> => {
    if (open) {
      open = false;
      if (--engine.users === 0) {
        running.delete(name);
        shutDown(() => freeBackend(tf, name));
      }
    }
    return Promise.resolve();
  };
  let cause: unknown;
  const started = await engine.ready.catch((error: unknown) => {
    cause = error;
    return false;
  });
  if (!started) {
    await close();
    throw new VivantError('BACKEND_UNAVAILABLE', `Expected the ${name} backend to start but TensorFlow.js could not start it here. Choose another one with --backend, or run \`vivant doctor\`.`, {
      details: { backend: name },
      cause,
    });
  }
  const activate = (): void => {
    // Synchronous for a backend that runs already; the promise only says true.
    if (tf.getBackend() !== name) void tf.setBackend(name);
  };
  return { name, tf, activate, close };
}

/** Frees the memory of a tfjs backend, and registers it anew so that it can be started again. */
function freeBackend(tf: TensorFlow, name: BackendName): void {
  const factory = tf.findBackendFactory(name) as ReturnType<TensorFlow['findBackendFactory']> | null;
  if (factory === null) return; // It never registered itself.
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
}

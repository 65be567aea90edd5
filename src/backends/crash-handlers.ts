/** Emscripten's Node glue adds one listener to each, which turns the host's own crash handling off. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
/** What the two listeners look like in tfjs-backend-wasm 4.22, so that nobody else's is ever taken off. */
const EMSCRIPTEN = /^function\s*\((?:ex|reason)\)\s*\{\s*(?:if\s*\(!\(ex instanceof ExitStatus\)\)\s*\{\s*throw ex;?\s*\}|throw reason;?)\s*\}$/;

/** Runs `work` and takes off the process-wide crash listeners that Emscripten's glue added meanwhile, and no others. */
export async function withoutCrashHandlers<T>(work: () => Promise<T>): Promise<T> {
  const before = EVENTS.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  try {
    return await work();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]!.has(listener) && EMSCRIPTEN.test(listener.toString().trim())) process.removeListener(event, listener);
      }
    });
  }
}

/**
 * Runs `work` and puts back the crash listeners that it took off. tfjs-backend-wasm means to take off its own when it is
 * freed, but its comparison (`!index > -1`) is always true, and all of the host's go with them.
 */
export function keepingCrashHandlers(work: () => void): void {
  const before = EVENTS.map((event) => process.rawListeners(event));
  try {
    work();
  } finally {
    EVENTS.forEach((event, i) => {
      const left = process.rawListeners(event);
      for (const listener of before[i]!) if (!left.includes(listener)) process.on(event, listener as () => void);
    });
  }
}

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

// What must not outlive this process: child processes and half-written files.
// Nothing stays installed on `process` while nothing is registered.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanups = new Set<() => void>();

function runAll(): void {
  // Newest first: an encoder dies before the file that it writes is removed.
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch {
      // The process is going away; the other clean-ups matter more than this failure.
    }
  }
  cleanups.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  // Somebody else listens too (a command line that aborts in good order): their exit runs the clean-ups.
  if (process.listenerCount(signal) > 1) return;
  runAll();
  uninstall();
  process.kill(process.pid, signal);
}

function install(): void {
  process.on('exit', runAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  process.off('exit', runAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

/**
 * Registers a synchronous clean-up for process exit, SIGINT, SIGTERM and SIGHUP. Where the host has its own listener for
 * the signal, the clean-up waits for the host's exit.
 *
 * @returns a function that takes the clean-up back.
 */
export function onProcessEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) install();
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) uninstall();
  };
}

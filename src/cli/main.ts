#!/usr/bin/env node
import { run } from './program.js';

const controller = new AbortController();

// The first Ctrl-C stops in good order, the second at once.
function stop(): void {
  if (controller.signal.aborted) process.exit(130);
  controller.abort();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

// A reader that goes away (`vivant doctor | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  signal: controller.signal,
});

import { spawn } from 'node:child_process';
import { VivantError } from '../../core/errors.js';

/** How a program ended. */
export interface Ended {
  /** Exit status; null when a signal killed it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Its last 20,000 characters. */
  readonly stderr: string;
}

/**
 * Runs a program to its end, without a shell.
 *
 * @throws VivantError `ABORTED`; the spawn error itself (`ENOENT`, `EACCES`) when the program can't be started.
 */
export function runProgram(program: string, args: readonly string[], signal?: AbortSignal, env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const aborted = (): VivantError => new VivantError('ABORTED', 'Linking TensorFlow was stopped. Nothing was changed.', { cause: signal?.reason });
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    // A group of its own: a compiler's driver leaves its passes running when it alone is killed.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-20_000)));
    const stop = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    signal?.addEventListener('abort', stop, { once: true });
    const settle = (done: () => void): void => {
      signal?.removeEventListener('abort', stop);
      done();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('close', (status, killedBy) => settle(() => (signal?.aborted ? reject(aborted()) : resolve({ status, signal: killedBy, stdout, stderr }))));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

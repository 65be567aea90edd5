import { spawn } from 'node:child_process';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Waits for a line; if its input ends without one, the process that held the other end is dead, and what it left goes too.
 * Twice, because an encoder that has just lost its input may still be finishing its file.
 */
const SCRIPT = 'read -r _ || { rm -rf -- "$1"$2; sleep 1; rm -rf -- "$1"$2; }';

/**
 * SIGKILL can't be caught: a tiny shell waits beside this process and removes its temporary files when it is killed. On
 * Windows there is none; the next run for the same output cleans up there.
 *
 * @param start - how the paths of the temporary files begin
 * @param rest - how they go on, as a shell pattern
 * @returns call it when all is well
 */
function guard(start: string, rest: string): () => void {
  if (process.platform === 'win32') return () => undefined;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', start, rest], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell there is no guard; nothing else depends on it.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return () => void child.stdin.end('done\n');
}

/** Guards the temporary files of an encoder, `.<name>.<pid>-<random>.partial<.ext>` beside the output. */
export function guardOutput(output: string): () => void {
  return guard(join(dirname(resolve(output)), `.${basename(output)}.${process.pid}-`), '*');
}

/** Guards the temporary file of a motion file, `<path>.<random>.partial`. */
export function guardMotion(output: string): () => void {
  return guard(`${resolve(output)}.`, '????????.partial');
}

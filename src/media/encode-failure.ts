import { VivantError } from '../core/errors.js';
import { abortedError } from './aborted.js';
import type { FfmpegExit } from './ffmpeg.js';

/** The system's words for a full disk, an exceeded quota, and a limit on file size. */
const NO_SPACE_WORDS = /No space left on device|Disk quota exceeded|File too large|SIGXFSZ/i;
const NO_SPACE_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * The error of an encoder that did not end well, or ended well while the disk was full; `undefined` when all is well.
 *
 * @param path - The output that was asked for.
 */
export function encodeFailure(exit: FfmpegExit, path: string, signal: AbortSignal | undefined): VivantError | undefined {
  if (exit.status === 'aborted' || (exit.status !== 'done' && signal?.aborted)) return abortedError(signal);
  const words = [exit.reason ?? '', ...exit.stderr].join('\n');
  const details = { path, stderr: exit.stderr };
  // Some builds report a failed trailer and still exit with 0.
  if (NO_SPACE_WORDS.test(words)) return noRoom(path, { details });
  if (exit.status === 'done') return undefined;
  const last = exit.stderr.at(-1) ?? exit.reason ?? 'no message';
  return new VivantError('ENCODE_FAILED', `Expected ffmpeg to write ${JSON.stringify(path)} but it failed: ${last}`, { details });
}

/** `DISK_FULL` when a system error says that there is no room; else `undefined`. */
export function diskFull(error: unknown, path: string): VivantError | undefined {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return NO_SPACE_CODES.has(code) || NO_SPACE_WORDS.test(message) ? noRoom(path, { details: { path }, cause: error }) : undefined;
}

function noRoom(path: string, options: { details: Readonly<Record<string, unknown>>; cause?: unknown }): VivantError {
  return new VivantError(
    'DISK_FULL',
    `There is no room left to write ${JSON.stringify(path)}: the disk, a quota or a limit on file size is exhausted. ` +
      'Free some space or choose another place.',
    options,
  );
}

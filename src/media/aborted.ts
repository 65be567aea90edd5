import { VivantError } from '../core/errors.js';

/** The error of a cancelled run, with the signal's reason as its cause. */
export function abortedError(signal: AbortSignal | undefined): VivantError {
  return new VivantError('ABORTED', 'The run was cancelled before it was finished.', { cause: signal?.reason });
}

/** @throws VivantError `ABORTED` when `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}

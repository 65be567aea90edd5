import { VivantError } from '../core/errors.js';

/** @throws VivantError `ABORTED` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal.reason);
}

/** After an abort whatever fails next fails because of it: one code for all of them. */
export function asAborted(error: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal?.aborted || (error instanceof VivantError && error.code === 'ABORTED')) return error;
  return aborted(error);
}

function aborted(cause: unknown): VivantError {
  return new VivantError('ABORTED', 'The work was stopped before it was finished. Nothing was written.', { cause });
}

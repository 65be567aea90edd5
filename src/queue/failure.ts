import { VivantError, type VivantErrorCode } from '../core/errors.js';

/** Trying again gives the same. */
const FOR_GOOD: ReadonlySet<VivantErrorCode> = new Set([
  'NO_FACE',
  'FACE_INDEX',
  'RIGHTS_REQUIRED',
  'UNREADABLE_MEDIA',
  'NO_VIDEO_STREAM',
  'INVALID_OPTION',
  'INVALID_LANDMARKS',
  'INVALID_MOTION',
  'INVALID_MANIFEST',
  'OUTPUT_EXISTS',
]);

/** The machine is at fault, not the item: another machine should have it. */
const OF_MACHINE: ReadonlySet<VivantErrorCode> = new Set(['DISK_FULL', 'OUTPUT_UNWRITABLE', 'MODEL_MISSING', 'MODEL_CORRUPT', 'BACKEND_UNAVAILABLE', 'PEER_MISSING', 'QUEUE_UNAVAILABLE', 'ABORTED']);

/** What a failure means for the item. */
export type Verdict = 'set-aside' | 'give-back' | 'retry';

export function verdictOf({ code }: VivantError): Verdict {
  if (FOR_GOOD.has(code)) return 'set-aside';
  return OF_MACHINE.has(code) ? 'give-back' : 'retry';
}

/** Engines keep one text for a failure. */
export function toReason({ code, message }: VivantError): string {
  return JSON.stringify({ code, message });
}

/** A text of {@link toReason}, or what the engine says itself. */
export function fromReason(reason: string): { readonly code: VivantErrorCode; readonly message: string } {
  try {
    const { code, message } = JSON.parse(reason) as { code?: VivantErrorCode; message?: string };
    if (typeof code === 'string' && typeof message === 'string') return { code, message };
  } catch {
    // Not ours.
  }
  const lost = /stalled/.test(reason);
  return { code: 'INTERNAL', message: lost ? `Its worker died or lost the server each time it was tried (${reason}).` : reason };
}

export function asVivantError(error: unknown): VivantError {
  if (error instanceof VivantError) return error;
  return new VivantError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
}

import { VivantError, type VivantErrorCode } from '../index.js';

/** What the process ends with when a command fails. `verify` has its own: 0 disclosed and intact, 1 not, 2 unreadable. */
export const EXIT_CODES: Readonly<Record<VivantErrorCode, number>> = {
  INVALID_OPTION: 2,
  RIGHTS_REQUIRED: 2,
  INPUT_NOT_FOUND: 3,
  UNREADABLE_MEDIA: 3,
  NO_VIDEO_STREAM: 3,
  INVALID_LANDMARKS: 3,
  INVALID_MOTION: 3,
  INVALID_SITTER: 3,
  INVALID_MANIFEST: 3,
  INVALID_CORPUS: 3,
  NO_FACE: 4,
  FACE_INDEX: 4,
  OUTPUT_EXISTS: 5,
  OUTPUT_UNWRITABLE: 5,
  DISK_FULL: 5,
  MODEL_MISSING: 6,
  MODEL_CORRUPT: 6,
  BACKEND_UNAVAILABLE: 6,
  PEER_MISSING: 6,
  QUEUE_UNAVAILABLE: 6,
  ENCODE_FAILED: 7,
  SIGNING_FAILED: 7,
  DETECTOR_FAILED: 7,
  INTERNAL: 70,
  ABORTED: 130,
};

/** Wraps whatever was thrown, so that every failure has a code. */
export function asVivantError(error: unknown): VivantError {
  if (error instanceof VivantError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new VivantError('INTERNAL', `Something failed that should not have: ${message}. Please report it with the command you ran.`, {
    cause: error,
  });
}

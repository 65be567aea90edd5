/**
 * What went wrong, for programs. Messages are for people and may change; codes don't.
 *
 * @public
 */
export type VivantErrorCode =
  | 'NO_FACE'
  | 'FACE_INDEX'
  | 'UNREADABLE_MEDIA'
  | 'NO_VIDEO_STREAM'
  | 'RIGHTS_REQUIRED'
  | 'INVALID_OPTION'
  | 'INVALID_LANDMARKS'
  | 'INVALID_MOTION'
  | 'INVALID_SITTER'
  | 'INVALID_MANIFEST'
  | 'INVALID_CORPUS'
  | 'INPUT_NOT_FOUND'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_UNWRITABLE'
  | 'BACKEND_UNAVAILABLE'
  | 'MODEL_CORRUPT'
  | 'MODEL_MISSING'
  | 'ENCODE_FAILED'
  | 'SIGNING_FAILED'
  | 'DETECTOR_FAILED'
  | 'QUEUE_UNAVAILABLE'
  | 'PEER_MISSING'
  | 'ABORTED'
  | 'DISK_FULL'
  | 'INTERNAL';

/**
 * The only error class that this package throws on purpose.
 *
 * @public
 */
export class VivantError extends Error {
  /** Always `VivantError`. */
  override readonly name = 'VivantError';
  /** Stable code to branch on. */
  readonly code: VivantErrorCode;
  /** Structured fields that belong to the code, for example `{ path, faces }`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: VivantErrorCode,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

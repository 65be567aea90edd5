import { z } from 'zod';
import { VivantError } from '../core/errors.js';
import { RIGHTS_BASES } from '../core/rights.js';
import { RECORD_BYTES, STORED_POINTS } from './template-record.js';

/** First bytes of every motion file. */
export const MAGIC = 'TVMOTION';
/** Version that is written, and the only one that is read. */
export const VERSION = 1;
/**
 * Bytes before the JSON header, all numbers little-endian: magic (8), version u16, bytes of one record u16, bytes of the JSON
 * header u32, number of frames u32, CRC-32 u32 of everything after these 24 bytes.
 */
export const PRELUDE_BYTES = 24;
const LONGEST_HEADER = 65_536;
/** 24 hours at 60 frames a second. */
const MOST_FRAMES = 5_184_000;

const headerSchema = z.strictObject({
  /** Frames a second. */
  fps: z.number().positive().max(1000),
  /** The driver's frame that everything is told from: 0-based index, and seconds. */
  reference: z.strictObject({ frame: z.int().min(0), time: z.number().min(0) }),
  tool: z.strictObject({ name: z.string().max(200), version: z.string().max(100) }),
  drivingRights: z.strictObject({ basis: z.enum([...RIGHTS_BASES, 'synthetic']), note: z.string().max(10_000).exactOptional() }),
});

/** What a motion file says about itself. */
export type TemplateHeader = z.infer<typeof headerSchema>;

/** The fixed part of a motion file. */
export interface Prelude {
  readonly headerBytes: number;
  readonly frames: number;
  readonly checksum: number;
}

/** Writes the prelude. */
export function encodePrelude({ headerBytes, frames, checksum }: Prelude): Uint8Array {
  const bytes = new Uint8Array(PRELUDE_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint16(8, VERSION, true);
  view.setUint16(10, RECORD_BYTES, true);
  view.setUint32(12, headerBytes, true);
  view.setUint32(16, frames, true);
  view.setUint32(20, checksum, true);
  return bytes;
}

/**
 * Reads the prelude and holds it against the size of the file.
 *
 * @throws VivantError `INVALID_MOTION` with `details.offset`
 */
export function decodePrelude(bytes: Uint8Array, fileBytes: number, path: string): Prelude {
  if (bytes.length < PRELUDE_BYTES || new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw invalidMotion(path, 0, `a motion file that begins with ${MAGIC}`, 'another kind of file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PRELUDE_BYTES);
  const version = view.getUint16(8, true);
  if (version !== VERSION) throw invalidMotion(path, 8, `version ${VERSION}`, `version ${version}`);
  if (view.getUint16(10, true) !== RECORD_BYTES) {
    throw invalidMotion(path, 10, `records of ${RECORD_BYTES} bytes (${STORED_POINTS.length} points)`, `${view.getUint16(10, true)} bytes`);
  }
  const headerBytes = view.getUint32(12, true);
  if (headerBytes > LONGEST_HEADER) throw invalidMotion(path, 12, `a header of at most ${LONGEST_HEADER} bytes`, `${headerBytes}`);
  const frames = view.getUint32(16, true);
  if (frames < 1 || frames > MOST_FRAMES) throw invalidMotion(path, 16, `1 to ${MOST_FRAMES} frames`, `${frames}`);
  // One record more than frames: the reference comes first.
  const expected = PRELUDE_BYTES + headerBytes + (frames + 1) * RECORD_BYTES;
  if (fileBytes !== expected) throw invalidMotion(path, Math.min(fileBytes, expected), `a file of ${expected} bytes`, `${fileBytes} bytes`);
  return { headerBytes, frames, checksum: view.getUint32(20, true) };
}

/** Writes the JSON header. */
export function encodeHeader(header: TemplateHeader): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(headerSchema.parse(header)));
}

/**
 * Reads the JSON header.
 *
 * @throws VivantError `INVALID_MOTION` with `details.offset`
 */
export function decodeHeader(bytes: Uint8Array, path: string): TemplateHeader {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidMotion(path, PRELUDE_BYTES, 'a JSON header', 'bytes that are not JSON', cause);
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidMotion(path, PRELUDE_BYTES, 'a header as the format defines it', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, parsed.error);
  }
  return parsed.data;
}

/** The error for bytes that are not what the format says, `offset` bytes into the file. */
export function invalidMotion(path: string, offset: number, expected: string, received: string, cause?: unknown): VivantError {
  return new VivantError(
    'INVALID_MOTION',
    `Expected ${expected} but received ${received}, ${offset} bytes into ${path}. Make the motion file again with "vivant motion".`,
    { details: { path, offset }, cause },
  );
}

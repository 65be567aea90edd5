import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { VivantError } from '../core/errors.js';
import { fromRotationVector, multiply, toHeadAngles } from '../geometry/rotation.js';
import type { DrivenFrame, Gap } from './bridge.js';
import { FEATURE, type MotionFrame } from './motion-frame.js';
import { decodeHeader, decodePrelude, invalidMotion, MAGIC, PRELUDE_BYTES, VERSION, type TemplateHeader } from './template-header.js';
import { decodeRecord, RECORD_BYTES } from './template-record.js';

export { writeTemplate, type DriverStep } from './template-writer.js';
export type { TemplateHeader } from './template-header.js';

/** An open motion file. */
export interface MotionTemplate {
  readonly header: TemplateHeader;
  /** Frames, with and without a face. */
  readonly frames: number;
  /** What the driver's reference does; goes to `createMotionPlayer`. */
  readonly reference: MotionFrame;
  /** The performance from its first frame, for `MotionPlayer.push`. May be asked for again. */
  read(): AsyncIterable<DrivenFrame>;
  close(): Promise<void>;
}

/** Smallest and largest value. @public */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What a motion file holds. @public */
export interface TemplateInfo {
  /** Version of the format. */
  readonly version: number;
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  readonly durationSeconds: number;
  /** The driver's resting frame: 0-based index, and seconds. */
  readonly reference: TemplateHeader['reference'];
  /** Runs of frames without a face, first and last included. */
  readonly gaps: readonly Gap[];
  readonly ranges: {
    /** Head angles, degrees: yaw to the right of the image, pitch down, roll clockwise. */
    readonly yaw: Range;
    readonly pitch: Range;
    readonly roll: Range;
    /** Gap between the lips, in distances between the outer eye corners. */
    readonly mouth: Range;
    /** Opening of the eyes, as a part of the reference's. */
    readonly eyes: Range;
    /** Shift of the irises since the reference, in widths of the eye, right of the image positive. */
    readonly gaze: Range;
  };
  readonly tool: TemplateHeader['tool'];
  readonly drivingRights: TemplateHeader['drivingRights'];
}

/** Frames read at a time. */
const BATCH = 64;

/** True when the file begins as motion files do. False for anything else, unreadable files included. */
export async function isTemplate(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } catch {
    return false; // A folder, for example.
  } finally {
    await file.close();
  }
}

/**
 * Opens a motion file and checks all of it: the bytes are not trusted. Memory doesn't grow with its length.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, or `INVALID_MOTION` with `details.offset`, the place of the first wrong byte
 */
export async function openTemplate(path: string): Promise<MotionTemplate> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new VivantError('INPUT_NOT_FOUND', `Expected a motion file at ${path} but it can't be opened; check the path.`, { details: { path }, cause });
  });
  try {
    const size = (await file.stat()).size;
    const { headerBytes, frames, checksum } = decodePrelude(await readAt(file, 0, Math.min(size, PRELUDE_BYTES), path), size, path);
    const headerPart = await readAt(file, PRELUDE_BYTES, headerBytes, path);
    const header = decodeHeader(headerPart, path);
    const records = PRELUDE_BYTES + headerBytes;
    let reference: MotionFrame | undefined;
    let sum = crc32(headerPart);
    let seen = 0;
    for await (const { bytes, first } of batches(file, records, frames + 1, path)) {
      sum = crc32(bytes, sum);
      const motions = decodeAll(bytes, records + first * RECORD_BYTES, path);
      if (first === 0) reference = motions.shift();
      seen += motions.filter((motion) => motion !== undefined).length;
    }
    if (sum !== checksum) throw invalidMotion(path, 20, `the checksum ${checksum} of what follows`, `${sum}`);
    if (reference === undefined) throw invalidMotion(path, records, 'a reference with a face', 'one without');
    if (seen === 0) throw invalidMotion(path, records + RECORD_BYTES, 'at least one frame with a face', 'none');
    return {
      header,
      frames,
      reference,
      read: () => readFrames(file, records + RECORD_BYTES, frames, header.fps, path),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error instanceof VivantError ? error : new VivantError('INVALID_MOTION', `Expected a motion file but ${path} can't be read.`, { details: { path, offset: 0 }, cause: error });
  }
}

/**
 * Describes a motion file without playing it.
 *
 * @throws VivantError as {@link openTemplate}
 */
export async function inspectTemplate(path: string): Promise<TemplateInfo> {
  const template = await openTemplate(path);
  try {
    return await describe(template);
  } finally {
    await template.close();
  }
}

async function describe({ header, frames, reference, read }: MotionTemplate): Promise<TemplateInfo> {
  const gaps: { from: number; to: number }[] = [];
  const ranges = { yaw: emptyRange(), pitch: emptyRange(), roll: emptyRange(), mouth: emptyRange(), eyes: emptyRange(), gaze: emptyRange() };
  const atRest = fromRotationVector(reference.pose);
  for await (const { index, motion } of read()) {
    if (motion === undefined) {
      const open = gaps.at(-1);
      if (open?.to === index - 1) open.to = index;
      else gaps.push({ from: index, to: index });
      continue;
    }
    const { yaw, pitch, roll } = toHeadAngles(multiply(fromRotationVector(motion.pose), atRest));
    const { features } = motion;
    widen(ranges.yaw, yaw);
    widen(ranges.pitch, pitch);
    widen(ranges.roll, roll);
    widen(ranges.mouth, features[FEATURE.lipGap]!);
    widen(ranges.eyes, (features[FEATURE.openness]! + features[FEATURE.openness + 1]!) / 2);
    widen(ranges.gaze, (features[FEATURE.gaze]! + features[FEATURE.gaze + 2]!) / 2);
  }
  const { fps, tool, drivingRights } = header;
  return { version: VERSION, frames, fps, durationSeconds: frames / fps, reference: header.reference, gaps, ranges, tool, drivingRights };
}

async function* readFrames(file: FileHandle, start: number, frames: number, fps: number, path: string): AsyncGenerator<DrivenFrame> {
  for await (const { bytes, first } of batches(file, start, frames, path)) {
    const motions = decodeAll(bytes, start + first * RECORD_BYTES, path);
    for (let i = 0; i < motions.length; i++) yield { index: first + i, time: (first + i) / fps, motion: motions[i] };
  }
}

async function* batches(file: FileHandle, start: number, count: number, path: string): AsyncGenerator<{ bytes: Uint8Array; first: number }> {
  for (let first = 0; first < count; first += BATCH) {
    const bytes = await readAt(file, start + first * RECORD_BYTES, Math.min(BATCH, count - first) * RECORD_BYTES, path);
    yield { bytes, first };
  }
}

function decodeAll(bytes: Uint8Array, offset: number, path: string): (MotionFrame | undefined)[] {
  return Array.from({ length: bytes.length / RECORD_BYTES }, (_, i) =>
    decodeRecord(new DataView(bytes.buffer, bytes.byteOffset + i * RECORD_BYTES, RECORD_BYTES), (at, expected, received) =>
      invalidMotion(path, offset + i * RECORD_BYTES + at, expected, received),
    ),
  );
}

async function readAt(file: FileHandle, position: number, length: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw invalidMotion(path, position + filled, 'more bytes', 'the end of the file');
    filled += bytesRead;
  }
  return bytes;
}

function emptyRange(): { min: number; max: number } {
  return { min: Infinity, max: -Infinity };
}

function widen(range: { min: number; max: number }, value: number): void {
  range.min = Math.min(range.min, value);
  range.max = Math.max(range.max, value);
}

import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { VivantError } from '../core/errors.js';
import type { FaceState } from '../core/motion.js';
import { createMotionEncoder } from './encode.js';
import type { MotionFrame } from './motion-frame.js';
import { encodeHeader, encodePrelude, PRELUDE_BYTES, type TemplateHeader } from './template-header.js';
import { encodeRecord, RECORD_BYTES } from './template-record.js';

/** Frames gathered before they are written. */
const BATCH = 64;

/** One frame of a driver; `state` is undefined where no face was found. */
export interface DriverStep {
  /** 0-based, consecutive. */
  readonly index: number;
  readonly state: FaceState | undefined;
}

/**
 * Saves a performance as a motion file that drives any portrait without the video. It holds motion only: no pixels, no
 * sound, no shape of the driver's face. The file appears under its name when it is complete; memory doesn't grow with its length.
 *
 * @param path - replaced if it exists
 * @param reference - the driver at rest, as chosen by `chooseReference`
 * @returns number of frames
 * @throws VivantError `NO_FACE` when no frame has a face, `INVALID_MOTION` when frames are not consecutive, `OUTPUT_UNWRITABLE`,
 * `DISK_FULL`, and whatever `steps` throws; nothing is left behind then
 */
export async function writeTemplate(
  path: string,
  header: TemplateHeader,
  reference: FaceState,
  steps: AsyncIterable<DriverStep> | Iterable<DriverStep>,
): Promise<number> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`;
  let file: FileHandle | undefined;
  try {
    file = await open(partial, 'wx').catch(rethrow(path));
    const frames = await writeFrames(file, path, header, reference, steps);
    await file.close();
    await rename(partial, path).catch(rethrow(path));
    return frames;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeFrames(
  file: FileHandle,
  path: string,
  header: TemplateHeader,
  reference: FaceState,
  steps: AsyncIterable<DriverStep> | Iterable<DriverStep>,
): Promise<number> {
  const encoder = createMotionEncoder(reference);
  const headerBytes = encodeHeader(header);
  const batch = new Uint8Array(BATCH * RECORD_BYTES);
  let filled = 0;
  let position = PRELUDE_BYTES;
  let checksum = 0;
  const put = async (bytes: Uint8Array): Promise<void> => {
    checksum = crc32(bytes, checksum);
    await writeAt(file, bytes, position).catch(rethrow(path));
    position += bytes.length;
  };
  const record = async (motion: MotionFrame | undefined): Promise<void> => {
    encodeRecord(new DataView(batch.buffer, filled * RECORD_BYTES, RECORD_BYTES), motion);
    if (++filled < BATCH) return;
    await put(batch);
    filled = 0;
  };

  await put(headerBytes);
  await record(encoder.reference);
  let frames = 0;
  let seen = 0;
  for await (const { index, state } of steps) {
    if (index !== frames) {
      throw new VivantError('INVALID_MOTION', `Expected frame ${frames} next but received frame ${index}; motion is saved from the first frame on, without holes.`, {
        details: { expected: frames, received: index },
      });
    }
    await record(state === undefined ? undefined : encoder.encode(state));
    frames += 1;
    if (state !== undefined) seen += 1;
  }
  if (seen === 0) throw new VivantError('NO_FACE', `Expected a driver with a face but received ${frames} frames without one; ${path} was not written.`, { details: { frames } });
  await put(batch.subarray(0, filled * RECORD_BYTES));
  await writeAt(file, encodePrelude({ headerBytes: headerBytes.length, frames, checksum }), 0).catch(rethrow(path));
  return frames;
}

/** A full disk may take a part first and refuse the rest. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

function rethrow(path: string): (error: unknown) => never {
  return (cause) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new VivantError(
      full ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE',
      `Expected to write the motion file ${path} but ${full ? 'the disk is full' : `the system refused (${code ?? 'unknown reason'})`}; choose another place.`,
      { details: { path, code }, cause },
    );
  };
}

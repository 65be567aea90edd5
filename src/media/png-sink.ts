import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { VivantError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { EncodableFrame, FrameSink } from '../core/ports.js';
import { abortedError } from './aborted.js';
import { diskFull } from './encode-failure.js';
import { FRAME_NUMBER } from './format.js';
import { reserveTempFile, reserveTempFolder } from './temp-files.js';

export interface PngSinkOptions {
  readonly path: string;
  readonly signal: AbortSignal | undefined;
}

/** Digits of the frame number where the path does not say: enough for nine hours. */
const DIGITS = 6;

/** One PNG. Takes one frame. */
export async function createPngSink({ path, signal }: PngSinkOptions): Promise<FrameSink> {
  const temp = await reserveTempFile(path, '.png');
  let frames = 0;
  return {
    async write(frame: EncodableFrame): Promise<void> {
      if (++frames > 1) {
        throw new VivantError('ENCODE_FAILED', `Expected one frame for ${JSON.stringify(path)} but received more. A pattern such as frames/%04d.png takes a clip.`, {
          details: { path },
        });
      }
      await writePng(frame, temp.path, path, signal);
    },
    finish: () => Promise.resolve(temp.path),
    abort: () => temp.remove(),
  };
}

/**
 * Numbered PNGs in a temporary folder, named by the number of their frame (from 0). The finished path is that folder.
 *
 * @param options - `path` is a folder with a slash at its end, or a pattern with `%d`.
 */
export async function createPngSequenceSink({ path, signal }: PngSinkOptions): Promise<FrameSink> {
  const name = FRAME_NUMBER.test(path) ? basename(path) : `%0${String(DIGITS)}d.png`;
  const folder = await reserveTempFolder(path);
  return {
    async write(frame: EncodableFrame): Promise<void> {
      await writePng(frame, join(folder.path, numbered(name, frame.index)), path, signal);
    },
    finish: () => Promise.resolve(folder.path),
    abort: () => folder.remove(),
  };
}

function numbered(pattern: string, index: number): string {
  return pattern.replace(FRAME_NUMBER, (_match, digits: string | undefined) => String(index).padStart(Number(digits ?? 0), '0'));
}

async function writePng(frame: Frame, file: string, path: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw abortedError(signal);
  const { data, width, height } = frame;
  try {
    const png = await sharp(data, { raw: { width, height, channels: 4 } }).removeAlpha().png({ adaptiveFiltering: true }).toBuffer();
    await writeFile(file, png);
  } catch (error) {
    throw (
      diskFull(error, path) ??
      new VivantError('ENCODE_FAILED', `Expected to write a PNG for ${JSON.stringify(path)} but it failed: ${String(error)}`, {
        details: { path },
        cause: error,
      })
    );
  }
}

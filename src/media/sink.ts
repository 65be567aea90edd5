import { VivantError } from '../core/errors.js';
import { isMarked, isRecorded } from '../core/marked-frame.js';
import type { EncodableFrame, FrameSink } from '../core/ports.js';
import { abortedError, throwIfAborted } from './aborted.js';
import { findAudio } from './audio-track.js';
import type { AudioOptions } from './audio-track.js';
import { needsEvenSize } from './format.js';
import type { OutputFormat } from './format.js';
import { rateOf } from './frame-rate.js';
import { createGifSink } from './gif-sink.js';
import { createPngSequenceSink, createPngSink } from './png-sink.js';
import { removeStalePartials } from './temp-files.js';
import { createVideoSink } from './video-sink.js';

export interface SinkOptions {
  readonly format: OutputFormat;
  /** The final path. The sink writes to a temporary name beside it and never to the path itself. */
  readonly path: string;
  /** Pixels. Even for MP4, MOV and WebM. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** Sound, for MP4, MOV and WebM. A file without sound gives an output without sound. */
  readonly audio?: AudioOptions | undefined;
  /** Container tags, for MP4, MOV and WebM (provenance/ writes those of pictures). */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Constant rate factor of H.264, 0 (lossless) to 51, for MP4. With it the same frames give the same pictures on every
   * machine. Absent: what looks best, as fast as possible.
   */
  readonly crf?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens an encoder. After any failure the encoder is dead and its temporary files are gone.
 *
 * The path from `finish()` stays registered for removal at process exit until it is renamed; `abort()` after `finish()`
 * removes the finished file, or nothing when it was renamed.
 *
 * @throws VivantError `INVALID_OPTION` for a size or rate that can't be encoded, `OUTPUT_UNWRITABLE`, `DISK_FULL`, `ABORTED`,
 * `INPUT_NOT_FOUND` / `UNREADABLE_MEDIA` for the sound; from its methods: `ENCODE_FAILED`, `DISK_FULL`, `ABORTED`, and
 * `INTERNAL` for a frame that is not marked or has another size.
 */
export async function createSink(options: SinkOptions): Promise<FrameSink> {
  const { format, path, width, height, fps, tags, crf, signal } = options;
  checkGeometry(options);
  throwIfAborted(signal);
  await removeStalePartials(path);
  return new GuardedSink(await open(), options);

  async function open(): Promise<FrameSink> {
    const size = { width, height };
    const rate = rateOf(fps);
    switch (format) {
      case 'png':
        return createPngSink({ path, signal });
      case 'png-sequence':
        return createPngSequenceSink({ path, signal });
      case 'gif':
        return createGifSink({ path, size, rate, signal });
      default: {
        const audio = options.audio && (await findAudio(options.audio, signal));
        return createVideoSink({ format, path, size, rate, audio, tags, crf, signal });
      }
    }
  }
}

/** What holds for every format: marked frames of one size, and nothing left after a failure. */
class GuardedSink implements FrameSink {
  readonly #inner: FrameSink;
  readonly #options: SinkOptions;
  #open = true;
  #frames = 0;

  constructor(inner: FrameSink, options: SinkOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  async write(frame: EncodableFrame): Promise<void> {
    const { width, height, path } = this.#options;
    await this.#attempt(async () => {
      if (!isMarked(frame) && !isRecorded(frame)) {
        throw new VivantError('INTERNAL', `Expected a frame that provenance has marked but received an unmarked one for ${JSON.stringify(path)}.`);
      }
      if (frame.width !== width || frame.height !== height || frame.data.length !== width * height * 4) {
        throw new VivantError(
          'INTERNAL',
          `Expected frames of ${String(width)}x${String(height)} for ${JSON.stringify(path)} but received ${String(frame.width)}x${String(frame.height)}.`,
        );
      }
      await this.#inner.write(frame);
      this.#frames++;
    });
  }

  async finish(): Promise<string> {
    const finished = await this.#attempt(async () => {
      const { path } = this.#options;
      if (this.#frames > 0) return this.#inner.finish();
      throw new VivantError('ENCODE_FAILED', `Expected at least one frame for ${JSON.stringify(path)} but received none.`, { details: { path } });
    });
    this.#open = false;
    return finished;
  }

  async abort(): Promise<void> {
    this.#open = false;
    await this.#inner.abort();
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new VivantError('INTERNAL', `The output ${JSON.stringify(this.#options.path)} is closed already.`);
    try {
      throwIfAborted(this.#options.signal);
      return await work();
    } catch (error) {
      await this.abort();
      throw this.#options.signal?.aborted ? abortedError(this.#options.signal) : error;
    }
  }
}

function checkGeometry({ format, path, width, height, fps }: SinkOptions): void {
  const valid = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!valid || (needsEvenSize(format) && (width % 2 !== 0 || height % 2 !== 0))) {
    throw new VivantError(
      'INVALID_OPTION',
      `Expected ${needsEvenSize(format) ? 'an even' : 'a'} width and height for ${JSON.stringify(path)} but received ` +
        `${String(width)}x${String(height)}. Crop or scale the frames first.`,
      { details: { width, height, format } },
    );
  }
  if (!(fps > 0 && fps <= 240)) {
    throw new VivantError('INVALID_OPTION', `Expected \`fps\` above 0 and at most 240 but received ${String(fps)}.`, { details: { fps } });
  }
}

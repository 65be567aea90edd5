import type { Writable } from 'node:stream';
import type { Frame } from '../core/frame.js';
import { encodeFailure } from './encode-failure.js';
import type { FfmpegRun } from './ffmpeg.js';

/** Feeds RGBA frames to the standard input of a running ffmpeg. */
export class FramePipe {
  readonly #run: FfmpegRun;
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  #stdin: Writable | undefined;

  constructor(run: FfmpegRun, path: string, signal: AbortSignal | undefined) {
    this.#run = run;
    this.#path = path;
    this.#signal = signal;
  }

  /** Resolves when ffmpeg has taken every byte: the buffer may then be used again. */
  async write(frame: Frame): Promise<void> {
    const { buffer, byteOffset, byteLength } = frame.data;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    try {
      const stdin = (this.#stdin ??= await this.#run.stdin);
      await new Promise<void>((resolve, reject) => {
        stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    } catch (cause) {
      const exit = await this.#run.exit;
      throw encodeFailure(exit, this.#path, this.#signal) ?? cause;
    }
  }

  /** Ends the input and waits for ffmpeg. */
  async finish(): Promise<void> {
    await this.#run.stdin.then((stdin) => stdin.end()).catch(() => undefined);
    const failed = encodeFailure(await this.#run.exit, this.#path, this.#signal);
    if (failed) throw failed;
  }

  /** Kills ffmpeg and waits until it is gone. */
  async abort(): Promise<void> {
    this.#run.kill();
    await this.#run.exit;
  }
}

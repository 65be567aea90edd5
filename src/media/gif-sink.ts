import type { EncodableFrame, FrameSink } from '../core/ports.js';
import { encodeFailure } from './encode-failure.js';
import { rawInput } from './encode-options.js';
import { fileUrl, startFfmpeg } from './ffmpeg.js';
import type { FfmpegJob } from './ffmpeg.js';
import { FramePipe } from './frame-pipe.js';
import type { FrameRate } from './frame-rate.js';
import { reserveTempFile } from './temp-files.js';
import type { Size } from './working-size.js';

export interface GifSinkOptions {
  readonly path: string;
  readonly size: Size;
  readonly rate: FrameRate;
  readonly signal: AbortSignal | undefined;
}

/** Ordered dither: a quarter of the time and a third of the bytes of error diffusion, and nearer to the frames (docs/media.md). */
const APPLY_PALETTE = 'paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle';

/**
 * GIF with one palette for the whole clip. The palette needs every frame, so frames go to a lossless file first: memory
 * stays the same for any length.
 */
export async function createGifSink({ path, size, rate, signal }: GifSinkOptions): Promise<FrameSink> {
  const lossless = await reserveTempFile(path, '.mkv');
  const palette = await reserveTempFile(path, '.png');
  const output = await reserveTempFile(path, '.gif');
  const temps = [lossless, palette, output];
  const removeAll = async (): Promise<void> => {
    await Promise.all(temps.map((temp) => temp.remove()));
  };
  const run = await startFfmpeg({
    inputs: [{ source: 'pipe:0', options: rawInput(size, rate) }],
    outputOptions: ['-c:v', 'libx264rgb', '-preset', 'ultrafast', '-crf', '0', '-f', 'matroska'],
    output: fileUrl(lossless.path),
    signal,
  }).catch(async (error: unknown) => {
    await removeAll();
    throw error;
  });
  const pipe = new FramePipe(run, path, signal);

  const pass = async (more: FfmpegJob['inputs'], options: readonly string[], target: string): Promise<void> => {
    const step = await startFfmpeg({
      inputs: [{ source: fileUrl(lossless.path) }, ...more],
      outputOptions: options,
      output: fileUrl(target),
      signal,
    });
    const failed = encodeFailure(await step.exit, path, signal);
    if (failed) throw failed;
  };

  return {
    write: (frame: EncodableFrame) => pipe.write(frame),
    async finish(): Promise<string> {
      await pipe.finish();
      await pass([], ['-vf', 'palettegen', '-frames:v', '1', '-f', 'image2', '-update', '1'], palette.path);
      // A percent sign in the name is no pattern.
      const literal = ['-f', 'image2', '-pattern_type', 'none'];
      await pass([{ source: fileUrl(palette.path), options: literal }], ['-lavfi', APPLY_PALETTE, '-f', 'gif'], output.path);
      await Promise.all([lossless.remove(), palette.remove()]);
      return output.path;
    },
    async abort(): Promise<void> {
      await pipe.abort();
      await removeAll();
    },
  };
}

import type { EncodableFrame, FrameSink } from '../core/ports.js';
import type { AudioTrack } from './audio-track.js';
import { encodeFailure } from './encode-failure.js';
import { audioOptions, containerOptions, rawInput, videoOptions } from './encode-options.js';
import type { VideoFormat } from './encode-options.js';
import { fileUrl, startFfmpeg } from './ffmpeg.js';
import { FramePipe } from './frame-pipe.js';
import { hertz } from './frame-rate.js';
import type { FrameRate } from './frame-rate.js';
import { reserveTempFile } from './temp-files.js';
import type { TempPath } from './temp-files.js';
import type { Size } from './working-size.js';

export interface VideoSinkOptions {
  readonly format: VideoFormat;
  /** The final path; the sink writes beside it. */
  readonly path: string;
  /** Pixels, even. */
  readonly size: Size;
  readonly rate: FrameRate;
  readonly audio: AudioTrack | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly crf: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * MP4, MOV or WebM. The picture is encoded while frames come; sound is added at the end, when the length of the picture is
 * known to the frame (`-shortest` drops frames in older ffmpeg).
 */
export async function createVideoSink(options: VideoSinkOptions): Promise<FrameSink> {
  const { format, path, size, rate, audio, tags, crf, signal } = options;
  const temps: TempPath[] = [];
  const reserve = async (): Promise<string> => {
    const temp = await reserveTempFile(path, `.${format}`);
    temps.push(temp);
    return temp.path;
  };
  const picture = await reserve();
  const run = await startFfmpeg({
    inputs: [{ source: 'pipe:0', options: rawInput(size, rate) }],
    outputOptions: [...videoOptions(format, rate, crf), ...containerOptions(format, tags)],
    output: fileUrl(picture),
    signal,
  }).catch(async (error: unknown) => {
    await temps[0]!.remove();
    throw error;
  });
  const pipe = new FramePipe(run, path, signal);
  let frames = 0;

  return {
    async write(frame: EncodableFrame): Promise<void> {
      await pipe.write(frame);
      frames++;
    },
    async finish(): Promise<string> {
      await pipe.finish();
      if (!audio) return picture;
      const output = await reserve();
      await addSound(picture, audio, frames / hertz(rate), output, options);
      await temps[0]!.remove();
      return output;
    },
    async abort(): Promise<void> {
      await pipe.abort();
      await Promise.all(temps.map((temp) => temp.remove()));
    },
  };
}

/** Copies the picture and encodes the sound beside it, cut to the picture's length. */
async function addSound(picture: string, audio: AudioTrack, seconds: number, output: string, options: VideoSinkOptions): Promise<void> {
  const { format, tags, signal, path } = options;
  const length = Math.min(seconds, audio.duration ?? Infinity);
  const run = await startFfmpeg({
    inputs: [{ source: fileUrl(picture) }, { source: audio.source, options: audio.seek }],
    outputOptions: [
      ...['-map', '0:v:0', '-c:v', 'copy'],
      ...['-map', '1:a:0'],
      // Sound that starts late or has holes is filled with silence: it stays on its clock in every player.
      ...['-af', `aresample=async=1:first_pts=0,atrim=end=${length.toFixed(6)}`],
      ...audioOptions(format, audio.channels),
      ...containerOptions(format, tags),
    ],
    output: fileUrl(output),
    signal,
  });
  const failed = encodeFailure(await run.exit, path, signal);
  if (failed) throw failed;
}

import type { TimedFrame } from '../core/frame.js';
import { abortedError, throwIfAborted } from './aborted.js';
import { openAnimatedPicture } from './animated-picture.js';
import { constantRate, toRgba } from './decode-filters.js';
import { fileUrl, startFfmpeg } from './ffmpeg.js';
import type { FfmpegRun } from './ffmpeg.js';
import { flatten } from './flatten.js';
import { FrameChunker } from './frame-chunker.js';
import { hertz } from './frame-rate.js';
import { checkInput, unreadable } from './input-file.js';
import { pictureInfo } from './image.js';
import { openStill } from './still-source.js';
import { fileFacts, requireVideo } from './video-facts.js';
import type { VideoFacts } from './video-facts.js';
import { SEEK_MARGIN, videoRange } from './video-range.js';
import type { VideoRange } from './video-range.js';
import type { DecodeWarning, OpenVideoOptions, VideoSource } from './open-video.js';
import { withinSide } from './working-size.js';
import type { Size } from './working-size.js';

/**
 * Opens a video, an animated GIF or WebP, or a picture (one frame) for reading.
 *
 * Frames come at a constant rate, upright, in square pixels, sRGB-range RGBA on a white background. Frame `i` of a clip of
 * constant rate is its `i`th picture; a variable-rate clip is sampled at its average rate. Frames reuse their buffers.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `NO_VIDEO_STREAM`, `INVALID_OPTION`, `ABORTED`; while reading:
 * `UNREADABLE_MEDIA` when no picture can be decoded, `ABORTED`.
 */
export async function openVideo(path: string, options: OpenVideoOptions = {}): Promise<VideoSource> {
  throwIfAborted(options.signal);
  const picture = await checkInput(path);
  if (picture !== undefined) {
    const info = await pictureInfo(path);
    if (info.pages === 1) return openStill(path, options);
    if (picture === 'webp') return openAnimatedPicture(path, info, options);
  }
  const file = await fileFacts(path, options.signal);
  return openProbed(path, requireVideo(file, path), options, file.tags);
}

/**
 * {@link openVideo} for a video that has been probed.
 *
 * @param tags - of the file, where somebody wants them.
 * @throws VivantError `INVALID_OPTION`.
 */
export function openProbed(path: string, facts: VideoFacts, options: OpenVideoOptions, tags: Tags = {}): VideoSource {
  return new FfmpegSource(path, facts, videoRange(facts, options), withinSide(facts, options.maxSide), options.signal, tags);
}

type Tags = VideoSource['tags'];

class FfmpegSource implements VideoSource {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frameCount: number | undefined;
  readonly start: number;
  readonly warnings: DecodeWarning[] = [];
  readonly #path: string;
  readonly #facts: VideoFacts;
  readonly #range: VideoRange;
  readonly #signal: AbortSignal | undefined;
  readonly #chunker: FrameChunker;
  #run: FfmpegRun | undefined;
  #closed = false;

  constructor(
    path: string,
    facts: VideoFacts,
    range: VideoRange,
    size: Size,
    signal: AbortSignal | undefined,
    readonly tags: Tags,
  ) {
    this.#path = path;
    this.#facts = facts;
    this.#range = range;
    this.#signal = signal;
    this.width = size.width;
    this.height = size.height;
    this.fps = hertz(range.rate);
    this.frameCount = range.frameCount;
    this.start = range.start;
    this.#chunker = new FrameChunker(size.width * size.height * 4);
  }

  get decodedFrames(): number {
    return this.#chunker.frames;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimedFrame, void, undefined> {
    if (this.#run || this.#closed) throw new Error('A video source can be read only once.');
    const run = (this.#run = await this.#start());
    // A process that dies before its output is connected never ends the stream.
    void run.exit.then(() => this.#chunker.sourceGone());
    try {
      for (let index = 0; ; index++) {
        const data = await this.#chunker.next();
        throwIfAborted(this.#signal);
        if (data === undefined) break;
        if (this.#facts.hasAlpha) flatten(data);
        yield { data, width: this.width, height: this.height, index, time: index / this.fps };
      }
      if (!this.#closed) await this.#judge(run);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#run?.kill();
    await this.#run?.exit;
  }

  #start(): Promise<FfmpegRun> {
    const { start, rate, frameLimit } = this.#range;
    const facts = this.#facts;
    // ffmpeg counts from the start of the file, we from the first frame. Not with setpts, which leaves the end where it was.
    const clock =
      start > 0
        ? ['-ss', (start + facts.offsetSeconds - SEEK_MARGIN).toFixed(6)]
        : facts.offsetSeconds > 0
          ? ['-itsoffset', (-facts.offsetSeconds).toFixed(6)]
          : [];
    return startFfmpeg({
      inputs: [
        {
          source: fileUrl(this.#path),
          options: [...clock, ...(facts.decoder ? ['-c:v', facts.decoder] : [])],
        },
      ],
      outputOptions: [
        ...['-map', `0:${String(facts.index)}`, '-an', '-sn', '-dn'],
        ...['-vf', [constantRate(rate), toRgba(facts, this)].join(',')],
        ...(frameLimit === undefined ? [] : ['-frames:v', String(frameLimit)]),
        ...['-f', 'rawvideo'],
      ],
      output: this.#chunker,
      signal: this.#signal,
    });
  }

  /** What the end of the stream says about the file: ffmpeg ends well even on files with a hole in them. */
  async #judge(run: FfmpegRun): Promise<void> {
    const exit = await run.exit;
    if (exit.status === 'aborted') throw abortedError(this.#signal);
    if (this.decodedFrames === 0) {
      throw unreadable(this.#path, `no picture in it can be decoded (${exit.stderr.at(-1) ?? exit.reason ?? 'no frames'})`, undefined, exit.stderr);
    }
    if (exit.stderr.length > 0 || exit.status === 'failed') {
      this.warnings.push({ code: 'DAMAGED', message: `Parts of the video are damaged: ${exit.stderr.at(-1) ?? exit.reason ?? ''}` });
    }
    const expected = this.frameCount;
    // A guess from the duration may be off by a frame at either end.
    if (expected !== undefined && this.decodedFrames < expected - 2) {
      this.warnings.push({
        code: 'FEWER_FRAMES',
        message: `The video promises ${String(expected)} frames but ${String(this.decodedFrames)} could be read: it is cut short or damaged.`,
      });
    }
  }
}

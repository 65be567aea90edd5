import type { TimedFrame } from '../core/frame.js';
import { toRgba } from './decode-filters.js';
import { throwIfAborted } from './aborted.js';
import { fileUrl, startFfmpeg } from './ffmpeg.js';
import { flatten } from './flatten.js';
import { FrameChunker } from './frame-chunker.js';
import { hertz } from './frame-rate.js';
import { checkInput } from './input-file.js';
import { fileFacts, requireVideo } from './video-facts.js';
import type { VideoFacts } from './video-facts.js';
import { SEEK_MARGIN, videoRange } from './video-range.js';
import { openProbed, openVideo } from './video-source.js';
import { withinSide } from './working-size.js';

export interface SampleOptions {
  /** Seconds from the first frame. Default 0. */
  readonly start?: number | undefined;
  /** Default: the end of the clip. */
  readonly end?: number | undefined;
  /** About how many frames. */
  readonly count: number;
  /** Longest side, pixels. */
  readonly maxSide?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Clips up to this length are decoded in full, seconds. */
const SHORT_CLIP = 12;
/** Part of the samples that lie in the first second, where drivers tend to be at rest. */
const HEAD_SHARE = 0.25;

/**
 * About `count` frames spread over a clip, some of them in its first second. Long clips are sampled at key frames, which
 * costs a fraction of decoding them. `index` counts samples; `time` is in seconds from `start`, rising but for a second
 * look at clips with few key frames. Frames reuse their buffer.
 *
 * @throws VivantError as `openVideo`.
 */
export async function* sampleVideo(path: string, options: SampleOptions): AsyncGenerator<TimedFrame, void, undefined> {
  const { count, maxSide, signal } = options;
  const common = { maxSide, signal };
  let index = 0;
  const still = (await checkInput(path)) !== undefined;
  const facts = still ? undefined : requireVideo(await fileFacts(path, signal), path);
  const start = options.start ?? 0;
  const end = Math.min(options.end ?? Infinity, facts && facts.durationSeconds > 0 ? facts.durationSeconds : Infinity);
  if (!facts || end === Infinity || end - start <= SHORT_CLIP) {
    yield* evenly(start, options.end, end - start);
    return;
  }
  videoRange(facts, options); // Refuses wrong options.
  const head = Math.max(1, Math.round(count * HEAD_SHARE));
  const opening = openProbed(path, facts, { ...common, start, end: start + 1, fps: head });
  for await (const frame of opening) yield { ...frame, time: shownAt(frame.index, opening.fps, hertz(facts.rate)), index: index++ };
  const before = index;
  for await (const frame of keyFrames(path, facts, { ...options, start: start + 1, end }, count - head)) {
    yield { ...frame, time: frame.time + 1, index: index++ };
  }
  if (index - before < (count - head) / 3) yield* evenly(start + 1, start + 1 + SHORT_CLIP, SHORT_CLIP);

  async function* evenly(from: number, to: number | undefined, seconds: number): AsyncGenerator<TimedFrame, void, undefined> {
    const native = facts ? hertz(facts.rate) : undefined;
    const wanted = Number.isFinite(seconds) ? Math.max(1, count - index) / seconds : 2;
    const fps = native === undefined ? undefined : Math.min(native, wanted);
    const range = { ...common, start: from, end: to, fps };
    const source = facts ? openProbed(path, facts, range) : await openVideo(path, range);
    for await (const frame of source) {
      yield { ...frame, time: shownAt(frame.index, source.fps, native ?? source.fps) + from - start, index: index++ };
    }
  }
}

/** When the picture was taken that a source of `fps` frames a second gives at `index`: the last one before the middle of two frames. Seconds. */
function shownAt(index: number, fps: number, native: number): number {
  return (Math.ceil(((index + 0.5) * native) / fps - 1e-6) - 1) / native;
}

/** The first key frame in each of `count` parts of the span; `time` from `start`. */
async function* keyFrames(
  path: string,
  facts: VideoFacts,
  { start, end, maxSide, signal }: SampleOptions & { start: number; end: number },
  count: number,
): AsyncGenerator<TimedFrame, void, undefined> {
  const size = withinSide(facts, maxSide);
  const chunker = new FrameChunker(size.width * size.height * 4);
  const part = ((end - start) / Math.max(1, count)).toFixed(3);
  const times: number[] = [];
  let wake: () => void = () => undefined;
  const run = await startFfmpeg({
    inputs: [
      {
        source: fileUrl(path),
        options: ['-skip_frame', 'nokey', '-ss', (start + facts.offsetSeconds - SEEK_MARGIN).toFixed(6), '-t', (end - start).toFixed(6)],
      },
    ],
    outputOptions: [
      ...['-map', `0:${String(facts.index)}`, '-an', '-sn', '-dn'],
      // Renumbered at 25 Hz after showinfo has told the true times: ffmpeg would fill the gaps with repeats.
      ...['-vf', `select='isnan(prev_selected_t)+gt(floor(t/${part}),floor(prev_selected_t/${part}))',showinfo,setpts=N/25/TB,${toRgba(facts, size)}`],
      ...['-r', '25', '-f', 'rawvideo'],
    ],
    output: chunker,
    logLevel: 'info', // showinfo tells the time of each frame there.
    onLine: (line) => {
      const match = /Parsed_showinfo.* pts_time:\s*(-?[\d.]+)/.exec(line);
      if (match) times.push(Number(match[1]));
      if (match) wake();
    },
    signal,
  });
  let ended = false;
  void run.exit.then(() => {
    ended = true;
    chunker.sourceGone();
    wake();
  });
  try {
    for (let index = 0; ; index++) {
      const data = await chunker.next();
      throwIfAborted(signal);
      if (data === undefined) return;
      // Pixels and their time come through two pipes.
      while (times.length <= index && !ended) await new Promise<void>((resolve) => (wake = resolve));
      if (facts.hasAlpha) flatten(data);
      yield { data, ...size, index, time: Math.max(0, times[index] ?? 0) };
    }
  } finally {
    run.kill();
    await run.exit;
  }
}

import { VivantError } from '../core/errors.js';
import { runFfprobe } from './ffmpeg.js';
import { hertz, parseRate, snapRate } from './frame-rate.js';
import type { FrameRate } from './frame-rate.js';
import { unreadable } from './input-file.js';

/** What decoding needs to know about the picture of a file. */
export interface VideoFacts {
  /** Index of the stream in its file. */
  readonly index: number;
  readonly codec: string;
  /** Pixels as shown: turned upright, square pixels. */
  readonly width: number;
  readonly height: number;
  /** Average rate of the stream. */
  readonly rate: FrameRate;
  /** Seconds; 0 when the file does not say. */
  readonly durationSeconds: number;
  readonly frameCount: number | undefined;
  /** Seconds from the start of the file's clock to the first frame. */
  readonly offsetSeconds: number;
  readonly hasAlpha: boolean;
  readonly interlaced: boolean;
  /** Matrix of the colours, in the words of ffmpeg's scale filter. */
  readonly matrix: 'bt601' | 'bt709' | 'bt2020' | 'smpte240m' | 'fcc';
  /** A decoder that ffmpeg must be told to use. */
  readonly decoder: string | undefined;
}

/** What ffprobe says about a file. */
export interface FileFacts {
  readonly video: VideoFacts | undefined;
  readonly hasAudio: boolean;
  /** Empty without sound. */
  readonly audioCodec: string;
  /** 0 without sound. */
  readonly audioChannels: number;
  /** Container, as ffmpeg names it: `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** Seconds; 0 when unknown. */
  readonly durationSeconds: number;
  /** Tags of the container, keys in lower case. */
  readonly tags: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

const FALLBACK_RATE: FrameRate = { num: 25, den: 1 };

/**
 * Reads what a file holds, without decoding it.
 *
 * @throws VivantError `UNREADABLE_MEDIA` when it is no media file, `ABORTED`.
 */
export async function fileFacts(path: string, signal?: AbortSignal): Promise<FileFacts> {
  const probed = await runFfprobe(['-show_format', '-show_streams'], path, signal);
  if (!probed.ok) throw unreadable(path, `ffmpeg can't read it (${lastLine(probed.reason)})`);
  const report = record(probed.report);
  const format = record(report['format']);
  const streams = Array.isArray(report['streams']) ? report['streams'].map(record) : [];
  if (streams.length === 0) throw unreadable(path, 'it holds no picture and no sound');
  const duration = number(format['duration']) ?? 0;
  const picture = streams.find((s) => s['codec_type'] === 'video' && record(s['disposition'])['attached_pic'] !== 1);
  const sound = streams.find((s) => s['codec_type'] === 'audio');
  return {
    video: picture && videoFacts(picture, number(format['start_time']) ?? 0, duration),
    hasAudio: sound !== undefined,
    audioCodec: text(sound?.['codec_name']),
    audioChannels: number(sound?.['channels']) ?? 0,
    container: text(format['format_name']),
    durationSeconds: duration,
    tags: Object.fromEntries(Object.entries(record(format['tags'])).map(([key, value]) => [key.toLowerCase(), String(value)])),
  };
}

/**
 * The picture of a file that must have one.
 *
 * @throws VivantError `NO_VIDEO_STREAM`.
 */
export function requireVideo(facts: FileFacts, path: string): VideoFacts {
  if (facts.video) return facts.video;
  throw new VivantError(
    'NO_VIDEO_STREAM',
    `Expected a video or a picture in ${JSON.stringify(path)} but it holds sound only. Give a file with moving pictures.`,
    { details: { path } },
  );
}

function videoFacts(stream: Json, fileStart: number, fileDuration: number): VideoFacts | undefined {
  const coded = { width: number(stream['width']) ?? 0, height: number(stream['height']) ?? 0 };
  if (coded.width < 1 || coded.height < 1) return undefined;
  const tags = record(stream['tags']);
  const durationSeconds = number(stream['duration']) ?? fileDuration;
  const average = parseRate(stream['avg_frame_rate']) ?? parseRate(stream['r_frame_rate']) ?? FALLBACK_RATE;
  const frameCount = number(stream['nb_frames']);
  const codec = text(stream['codec_name']);
  // The alpha plane of VP8 and VP9 is a side stream that only libvpx decodes.
  const vpxAlpha = tags['alpha_mode'] === '1' || tags['ALPHA_MODE'] === '1';
  const shown = shownSize(stream, coded);
  return {
    index: number(stream['index']) ?? 0,
    codec,
    ...shown,
    rate: snapRate(average, durationSeconds),
    durationSeconds,
    frameCount: frameCount !== undefined && frameCount > 0 ? frameCount : undefined,
    offsetSeconds: Math.max(0, (number(stream['start_time']) ?? fileStart) - fileStart),
    hasAlpha: vpxAlpha || /yuva|rgba|argb|bgra|abgr|gbrap|ya8|ya16|pal8/.test(text(stream['pix_fmt'])),
    interlaced: /^(tt|bb|tb|bt)$/.test(text(stream['field_order'])),
    matrix: matrixOf(text(stream['color_space']), coded.height),
    decoder: vpxAlpha ? (codec === 'vp8' ? 'libvpx' : 'libvpx-vp9') : undefined,
  };
}

/** Coded size -> square pixels -> upright. */
function shownSize(stream: Json, coded: { width: number; height: number }): { width: number; height: number } {
  const aspect = /^(\d+):(\d+)$/.exec(text(stream['sample_aspect_ratio']));
  const ratio = aspect ? Number(aspect[1]) / Number(aspect[2]) : 1;
  const width = ratio > 0 && Number.isFinite(ratio) ? Math.max(1, Math.round(coded.width * ratio)) : coded.width;
  return quarterTurns(stream) % 2 === 0 ? { width, height: coded.height } : { width: coded.height, height: width };
}

/** ffmpeg turns the picture by itself, but ffprobe gives the size before the turn. */
function quarterTurns(stream: Json): number {
  const sideData = Array.isArray(stream['side_data_list']) ? stream['side_data_list'].map(record) : [];
  const degrees =
    sideData.map((side) => number(side['rotation'])).find((value) => value !== undefined) ??
    number(record(stream['tags'])['rotate']) ??
    0;
  return Math.abs(Math.round(degrees / 90));
}

function matrixOf(colorSpace: string, height: number): VideoFacts['matrix'] {
  switch (colorSpace) {
    case 'bt709':
    case 'smpte240m':
    case 'fcc':
      return colorSpace;
    case 'bt2020nc':
    case 'bt2020c':
      return 'bt2020';
    case 'bt470bg':
    case 'smpte170m':
      return 'bt601';
    default:
      // Untagged: what players assume.
      return height >= 720 ? 'bt709' : 'bt601';
  }
}

/** Frames of a clip when nothing is trimmed: counted by the container, else from duration and rate. */
export function expectedFrames(facts: VideoFacts): number | undefined {
  if (facts.frameCount !== undefined) return facts.frameCount;
  return facts.durationSeconds > 0 ? Math.max(1, Math.round(facts.durationSeconds * hertz(facts.rate))) : undefined;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** ffprobe prints numbers as text in some fields and bare in others; `N/A` is absent. */
function number(value: unknown): number | undefined {
  const parsed = typeof value === 'number' ? value : typeof value === 'string' ? Number.parseFloat(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

function lastLine(reason: string): string {
  return reason.split('\n').at(-1)?.replace(/^.*?: (?=\S)/, '') ?? reason;
}

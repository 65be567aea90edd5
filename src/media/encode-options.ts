import { hertz, rateText } from './frame-rate.js';
import type { FrameRate } from './frame-rate.js';
import type { Size } from './working-size.js';

/** Containers that ffmpeg writes frame by frame. */
export type VideoFormat = 'mp4' | 'mov' | 'webm';

/** swscale's exact path: without it colours come out up to a level off, and differ between processors (docs/media.md). */
const SCALE_FLAGS = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp';

/** RGBA frames on standard input. */
export function rawInput(size: Size, rate: FrameRate): readonly string[] {
  return [
    ...['-f', 'rawvideo', '-pix_fmt', 'rgba'],
    ...['-video_size', `${String(size.width)}x${String(size.height)}`, '-framerate', rateText(rate)],
  ];
}

/**
 * x264's default preset in one thread: what it decides depends on the number of threads, and a corpus must come out the same
 * on every machine.
 */
const reproducible = (crf: number): readonly string[] => ['-c:v', 'libx264', '-preset', 'medium', '-crf', String(crf), '-threads', '1'];

/**
 * Encoder of the picture: figures behind the choices are in docs/media.md.
 *
 * @param crf - constant rate factor of H.264 for results that are the same everywhere; absent: the usual choice
 */
export function videoOptions(format: VideoFormat, rate: FrameRate, crf?: number): readonly string[] {
  // A key frame every two seconds: players seek quickly, and sampling finds enough of them.
  const gop = ['-g', String(Math.max(1, Math.round(2 * hertz(rate))))];
  const codec =
    format === 'webm'
      ? ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '6', '-row-mt', '1', '-crf', '24', '-b:v', '0']
      : crf === undefined
        ? ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18']
        : reproducible(crf);
  const toBt709 = `scale=flags=${SCALE_FLAGS}:out_color_matrix=bt709:out_range=tv,format=yuv420p`;
  const tags = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
  return ['-vf', toBt709, ...codec, ...gop, ...tags];
}

/** Encoder of the sound: stereo at most. */
export function audioOptions(format: VideoFormat, channels: number): readonly string[] {
  const codec = format === 'webm' ? ['-c:a', 'libopus', '-b:a', '128k'] : ['-c:a', 'aac', '-b:a', '192k'];
  return [...codec, '-ac', String(Math.min(2, Math.max(1, channels)))];
}

/** Container: nothing of the inputs' own metadata (a phone's clip names its place), only `tags`. */
export function containerOptions(format: VideoFormat, tags: Readonly<Record<string, string>>): readonly string[] {
  return [
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
    ...Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]),
    // The index in front: a browser starts before it has the whole file.
    ...(format === 'webm' ? [] : ['-movflags', '+faststart']),
    ...['-f', format],
  ];
}

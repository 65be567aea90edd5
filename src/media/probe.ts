import { throwIfAborted } from './aborted.js';
import { hertz } from './frame-rate.js';
import { pictureInfo } from './image.js';
import { checkInput } from './input-file.js';
import { expectedFrames, fileFacts } from './video-facts.js';

/** What a file holds. */
export interface MediaInfo {
  /** An animated GIF or WebP is a video. */
  readonly kind: 'video' | 'image' | 'audio';
  /** Pixels as shown: turned upright, square. 0 for sound. */
  readonly width: number;
  readonly height: number;
  /** Average frames a second. 0 for pictures and sound. */
  readonly fps: number;
  /** Seconds; 0 for pictures and where the file does not say. */
  readonly durationSeconds: number;
  /** Best guess; absent when unknown. */
  readonly frameCount?: number;
  readonly hasAudio: boolean;
  /** Of the picture; of the sound in a file without one. For example `h264`, `jpeg`. */
  readonly codec: string;
  /** For example `mov,mp4,m4a,3gp,3g2,mj2`, `gif`, `jpeg`. */
  readonly container: string;
  /** Container tags, keys in lower case. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads what a media file is, without decoding it.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `ABORTED`.
 */
export async function probe(path: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<MediaInfo> {
  throwIfAborted(options.signal);
  const picture = await checkInput(path);
  if (picture !== undefined) {
    const info = await pictureInfo(path);
    const still = info.pages === 1;
    if (still || picture === 'webp') {
      const seconds = still ? 0 : info.delays.reduce((sum, delay) => sum + delay, 0) / 1000;
      return {
        kind: still ? 'image' : 'video',
        width: info.width,
        height: info.height,
        fps: seconds > 0 ? info.pages / seconds : 0,
        durationSeconds: seconds,
        frameCount: info.pages,
        hasAudio: false,
        codec: picture,
        container: picture,
        tags: info.tags,
      };
    }
  }
  const file = await fileFacts(path, options.signal);
  const { video } = file;
  const frameCount = video && expectedFrames(video);
  return {
    kind: video ? 'video' : 'audio',
    width: video?.width ?? 0,
    height: video?.height ?? 0,
    fps: video ? hertz(video.rate) : 0,
    durationSeconds: video?.durationSeconds ?? file.durationSeconds,
    ...(frameCount !== undefined && { frameCount }),
    hasAudio: file.hasAudio,
    codec: video?.codec ?? file.audioCodec,
    container: file.container,
    tags: file.tags,
  };
}

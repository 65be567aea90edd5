import { checkInput } from './input-file.js';
import { fileUrl } from './ffmpeg.js';
import { fileFacts } from './video-facts.js';

/** Sound for an output. */
export interface AudioOptions {
  /** Any file with sound; its first sound stream is taken. */
  readonly path: string;
  /** Seconds; for a video, on the clock of its pictures (the first frame is at 0). Default 0. */
  readonly start?: number | undefined;
  /** Seconds at most. The sound never lasts longer than the picture. Default: as long as the picture. */
  readonly duration?: number | undefined;
}

export interface AudioTrack {
  readonly source: string;
  /** Input options for ffmpeg: where to start. */
  readonly seek: readonly string[];
  /** Seconds at most; `undefined`: as long as the picture. */
  readonly duration: number | undefined;
  readonly channels: number;
}

/**
 * Finds the sound that `audio` asks for; `undefined` when the file has none.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `ABORTED`.
 */
export async function findAudio(audio: AudioOptions, signal: AbortSignal | undefined): Promise<AudioTrack | undefined> {
  if ((await checkInput(audio.path)) !== undefined) return undefined;
  const facts = await fileFacts(audio.path, signal);
  if (!facts.hasAudio) return undefined;
  // ffmpeg's clock starts with the earliest stream, ours with the first picture.
  const start = (audio.start ?? 0) + (facts.video?.offsetSeconds ?? 0);
  return {
    source: fileUrl(audio.path),
    seek: start > 0 ? ['-ss', start.toFixed(6)] : [],
    duration: audio.duration,
    channels: facts.audioChannels,
  };
}

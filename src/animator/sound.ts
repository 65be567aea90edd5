import { drivingPath } from '../motion-file.js';
import type { ResolvedClip } from '../options.js';
import type { Driver } from './driver.js';

/** Sound for an encoder. */
export interface ClipSound {
  readonly path: string;
  /** Seconds. */
  readonly start?: number;
}

/**
 * The sound that goes with a clip: the driver's own from where the clip starts, another file's from its beginning, or none.
 * A motion file has no sound.
 */
export function clipSound(clip: ResolvedClip, audio: string, { kind }: Driver): ClipSound | undefined {
  if (audio === 'none') return undefined;
  if (audio !== 'driving') return { path: audio };
  return kind === 'video' ? { path: drivingPath(clip.driving), start: clip.start } : undefined;
}

import type { Frame, TimedFrame } from '../../core/frame.js';
import { createFrame } from '../../core/frame.js';
import type { LandmarkDetector } from '../../core/ports.js';
import { openVideo } from '../../media/video-source.js';
import type { Label } from '../label.js';
import { ALIGNED_SIDE, alignFive, movePoints, warpSimilarity } from './align.js';
import { ALIGNED_FIVE, pick81 } from './landmarks81.js';

/** One aligned face. Its picture is memory that the next one reuses. */
export interface AlignedFace {
  /** Number of the frame in its video, from 0. */
  readonly frame: number;
  /** 256 x 256. */
  readonly picture: Frame;
  /** `[81, 2]` pixels of the picture. */
  readonly landmarks: Float32Array;
}

/** Which frames are taken: evenly spaced, first and last included, as `numpy.linspace(0, frames - 1, count, dtype=int)` gives them. */
export function evenFrames(frames: number, count: number): readonly number[] {
  const step = count === 1 ? 0 : (frames - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 && count > 1 ? frames - 1 : Math.floor(i * step)));
}

/**
 * Aligned faces of a clip, evenly spaced. Where a frame shows no face the next one that does stands in for it, up to the next
 * place.
 *
 * @param path - of the video
 * @returns fewer than `count` when the video is too short or its face is away for too long
 */
export async function* alignedFaces(path: string, { clip }: Pick<Label, 'clip'>, count: number, detector: LandmarkDetector, signal: AbortSignal | undefined): AsyncGenerator<AlignedFace, void, undefined> {
  if (clip.frames < count) return;
  const wanted = evenFrames(clip.frames, count);
  const picture = createFrame(clip.picture.width, clip.picture.height);
  const out = createFrame(ALIGNED_SIDE, ALIGNED_SIDE);
  let place = 0;
  const source = await openVideo(path, { signal });
  try {
    for await (const frame of source) {
      if (place === count) break;
      if (frame.index < wanted[place]!) continue;
      if (place + 1 < count && frame.index >= wanted[place + 1]!) return;
      cutPicture(frame, clip.picture, picture);
      const [face] = await detector.detect(picture);
      if (face === undefined) continue;
      const points = pick81(face.points);
      const five = Float32Array.from(ALIGNED_FIVE.flatMap((i) => [points[2 * i]!, points[2 * i + 1]!]));
      const similarity = alignFive(five);
      warpSimilarity(picture, similarity, out);
      place++;
      yield { frame: frame.index, picture: out, landmarks: movePoints(points, similarity) };
    }
  } finally {
    await source.close();
  }
}

/** The picture of a frame without its band. */
function cutPicture(frame: TimedFrame, { x, y }: { readonly x: number; readonly y: number }, out: Frame): void {
  for (let row = 0; row < out.height; row++) {
    const start = ((y + row) * frame.width + x) * 4;
    out.data.set(frame.data.subarray(start, start + out.width * 4), row * out.width * 4);
  }
}

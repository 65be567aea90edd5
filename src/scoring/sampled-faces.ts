import { join } from 'node:path';
import type { Box, Frame } from '../core/frame.js';
import type { LandmarkDetector } from '../core/ports.js';
import type { CorpusItem } from '../corpus/read-corpus.js';
import type { FaceView } from '../detectors/detector.js';
import { cropFrame } from '../landmarks/region.js';
import { openVideo } from '../media/video-source.js';

/** Middles of `count` equal parts of a clip, without repeats. */
export function sampledFrames(frames: number, count: number): number[] {
  const wanted = Math.min(frames, count);
  return Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * frames) / wanted));
}

/**
 * Frames spread evenly over a clip, cut to its picture, with the largest face of each. Real and synthetic clips take the same
 * way, and the band with the badge is never part of it.
 */
export async function* sampledFaces(dir: string, item: CorpusItem, count: number, faces: LandmarkDetector, signal?: AbortSignal): AsyncGenerator<FaceView, void, undefined> {
  const wanted = new Set(sampledFrames(item.frames, count));
  const last = Math.max(...wanted);
  const source = await openVideo(join(dir, item.file), { signal });
  try {
    for await (const frame of source) {
      if (wanted.has(frame.index)) {
        const picture = cropped(frame, item.picture);
        const [largest] = await faces.detect(picture);
        yield { item: item.item, index: frame.index, frame: picture, face: largest?.box ?? null };
      }
      if (frame.index >= last) break;
    }
  } finally {
    await source.close();
  }
}

function cropped(frame: Frame, { x, y, width, height }: Box): Frame {
  return cropFrame(frame, { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) });
}

import { rateText } from './frame-rate.js';
import type { FrameRate } from './frame-rate.js';
import type { VideoFacts } from './video-facts.js';
import type { Size } from './working-size.js';

/** swscale's fast path: one level darker on average than the exact one, at under half its cost (docs/media.md). */
const SCALE_FLAGS = 'bicubic';

/** Filters from decoded pictures (turned upright by ffmpeg already) to RGBA of `size`, in ffmpeg's filter syntax. */
export function toRgba(facts: VideoFacts, size: Size): string {
  const scale = `scale=w=${String(size.width)}:h=${String(size.height)}:flags=${SCALE_FLAGS}:in_color_matrix=${facts.matrix}`;
  return [...(facts.interlaced ? ['yadif=deint=interlaced'] : []), scale, 'format=rgba'].join(',');
}

/**
 * One picture per tick of `rate`, counted from time 0: the picture nearest to the tick, repeated over gaps. A clip of
 * constant rate passes unchanged. The same as `-vsync cfr -r`, but a property of the graph: `-vsync` has other names in
 * newer versions and counts from the first picture.
 */
export function constantRate(rate: FrameRate): string {
  return `fps=fps=${rateText(rate)}:start_time=0:round=near`;
}

// Whether a row of samples stays level.
import { rounded } from '../material.mjs';

/** The first part of a clip, in which caches fill and the heap finds its size. */
const WARM_UP = 0.2;
/** Growth from one end of the rest to the other that is still called level: share of the whole, or MB. */
const LEVEL = { share: 0.05, MB: 12 };

/**
 * V8 makes the heaps of threads larger and smaller by tens of MB as it sees fit. So what lies outside of them is judged by its slope, and
 * what is in use inside by its least: what the collector can't take away.
 *
 * @param samples - `{ frame, rssMB, outsideMB, heapMB, tensors }`, in order
 * @returns `flat`; `memory`: medians of what is outside in the first and the last quarter after warm-up, the slope of a line through all of
 * it, and the most of all memory; `heap` in use and `tensors`: the least of either quarter, since frames under way hold some
 */
export function judge(samples) {
  const rest = samples.slice(Math.floor(samples.length * WARM_UP));
  if (rest.length < 8) return { flat: null, memory: null, heap: null, tensors: null };
  const quarter = Math.floor(rest.length / 4);
  const [early, late] = [rest.slice(0, quarter), rest.slice(-quarter)];
  const slope = slopeOf(rest.map(({ frame, outsideMB }) => [frame, outsideMB]));
  const memory = { first: median(early, 'outsideMB'), last: median(late, 'outsideMB'), most: Math.max(...samples.map(({ rssMB }) => rssMB)), perThousandFrames: rounded(slope * 1000) };
  const heap = { first: least(early, 'heapMB'), last: least(late, 'heapMB') };
  const tensors = { first: least(early, 'tensors'), last: least(late, 'tensors'), most: Math.max(...rest.map((sample) => sample.tensors)) };
  const rise = Math.max(slope * (rest.at(-1).frame - rest[0].frame), memory.last - memory.first);
  const level = (growth, of) => growth <= Math.max(LEVEL.share * of, LEVEL.MB);
  return { flat: level(rise, memory.first) && level(heap.last - heap.first, heap.first) && tensors.last <= tensors.first, memory, heap, tensors };
}

/** Of the line with the least squared distance. */
export function slopeOf(points) {
  const mean = (k) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const under = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return over / under;
}

function median(samples, key) {
  const sorted = samples.map((sample) => sample[key]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function least(samples, key) {
  return Math.min(...samples.map((sample) => sample[key]));
}

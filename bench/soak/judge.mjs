// Whether a row of samples stays level.
import { rounded } from '../material.mjs';

/** The first part of a clip, in which caches fill and the heap finds its size. */
const WARM_UP = 0.2;
/** Growth from one end of the rest to the other that is still called level: share of the whole, or MB. */
const LEVEL = { share: 0.05, MB: 12 };

/**
 * @param samples - `{ frame, rssMB, tensors }`, in order
 * @returns `flat`; `memory`: medians of the first and the last quarter after warm-up and the slope of a line through all of it; `tensors`:
 * the least of either quarter, since frames under way hold some, and the most
 */
export function judge(samples) {
  const rest = samples.slice(Math.floor(samples.length * WARM_UP));
  if (rest.length < 8) return { flat: null, memory: null, tensors: null };
  const quarter = Math.floor(rest.length / 4);
  const [early, late] = [rest.slice(0, quarter), rest.slice(-quarter)];
  const slope = slopeOf(rest.map(({ frame, rssMB }) => [frame, rssMB]));
  const memory = { first: median(early, 'rssMB'), last: median(late, 'rssMB'), most: Math.max(...samples.map(({ rssMB }) => rssMB)), perThousandFrames: rounded(slope * 1000) };
  const tensors = { first: least(early), last: least(late), most: Math.max(...rest.map((sample) => sample.tensors)) };
  const rise = Math.max(slope * (rest.at(-1).frame - rest[0].frame), memory.last - memory.first);
  return { flat: rise <= Math.max(LEVEL.share * memory.first, LEVEL.MB) && tensors.last <= tensors.first, memory, tensors };
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

function least(samples) {
  return Math.min(...samples.map(({ tensors }) => tensors));
}

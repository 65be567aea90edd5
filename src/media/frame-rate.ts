/** A frame rate as ffmpeg keeps it: `num / den` frames a second. */
export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

const STANDARD: readonly FrameRate[] = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
];

/** Fractions that a decimal such as 29.97 may stand for lie within this relative distance. */
const DECIMAL_TOLERANCE = 2e-5;

/** Frames a second. */
export function hertz(rate: FrameRate): number {
  return rate.num / rate.den;
}

/** `num/den`, as ffmpeg reads it. */
export function rateText(rate: FrameRate): string {
  return `${String(rate.num)}/${String(rate.den)}`;
}

/** Parses ffprobe's `30000/1001`; `undefined` for `0/0` and for rates that no camera has. */
export function parseRate(text: unknown): FrameRate | undefined {
  const match = typeof text === 'string' ? /^(\d+)\/(\d+)$/.exec(text) : null;
  if (!match) return undefined;
  const rate = { num: Number(match[1]), den: Number(match[2]) };
  const fps = hertz(rate);
  return fps > 0 && fps <= 1000 ? rate : undefined;
}

/** The exact rate behind a decimal: 29.97 is 30000/1001. */
export function rateOf(fps: number): FrameRate {
  const standard = STANDARD.find((rate) => Math.abs(fps / hertz(rate) - 1) < DECIMAL_TOLERANCE);
  if (standard) return standard;
  return Number.isInteger(fps) ? { num: fps, den: 1 } : { num: Math.round(fps * 100_000), den: 100_000 };
}

/** A camera's own rate may be this far from its standard, relative. */
const CLOCK_TOLERANCE = 1e-3;

/**
 * Rounds a measured average to the nearest standard rate, where that moves no frame of a clip of `seconds` by half a frame
 * or more.
 */
export function snapRate(rate: FrameRate, seconds: number): FrameRate {
  const fps = hertz(rate);
  const distance = (standard: FrameRate): number => Math.abs(hertz(standard) - fps);
  const nearest = STANDARD.reduce((best, standard) => (distance(standard) < distance(best) ? standard : best));
  return distance(nearest) < Math.min(fps * CLOCK_TOLERANCE, 0.5 / Math.max(seconds, 1)) ? nearest : rate;
}

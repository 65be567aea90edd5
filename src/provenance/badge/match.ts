import type { BadgePlate } from './plate.js';
import type { LumaPicture } from './picture.js';

/** A badge as a detector expects it. */
export interface Template {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, mean 0, length 1. */
  readonly values: Float32Array;
}

/** Grey behind the translucent plate that a template assumes. */
const BACKGROUND = 96;
/** Windows that vary less can't be a badge, levels: its ink and plate are far apart. */
const LEAST_DEVIATION = 22;

/** Turns a drawn badge into a template. */
export function createTemplate({ width, height, alpha, colour }: BadgePlate): Template {
  const values = alpha.map((a, i) => BACKGROUND * (1 - a) + colour[i]!);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  for (let i = 0; i < values.length; i++) values[i]! -= mean;
  const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  return { width, height, values: values.map((v) => v / length) };
}

/**
 * Normalised correlation at one place.
 *
 * @param x - Left edge of the template in the picture, pixels.
 * @param y - Its upper edge.
 * @returns -1..1; -1 where the template leaves the picture or the picture hardly varies.
 */
export function matchAt({ data, width, height }: LumaPicture, template: Template, x: number, y: number): number {
  if (x < 0 || y < 0 || x + template.width > width || y + template.height > height) return -1;
  let sum = 0;
  let squares = 0;
  let product = 0;
  for (let j = 0, t = 0; j < template.height; j++) {
    const row = (y + j) * width + x;
    for (let i = 0; i < template.width; i++, t++) {
      const v = data[row + i]!;
      sum += v;
      squares += v * v;
      product += v * template.values[t]!;
    }
  }
  const count = template.values.length;
  const variance = squares / count - (sum / count) ** 2;
  return variance < LEAST_DEVIATION ** 2 ? -1 : product / Math.sqrt(variance * count);
}

/** A place of a template and how well it fits there. */
export interface Match {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** The scan looks at every second place, where a badge correlates at least this well if its best place is beside it. */
const LEAST_BESIDE = 0.25;

/** Places where the correlation is at least `least` and no neighbour's is higher, in the rows `from` to `to` of a picture. */
export function matchBest(picture: LumaPicture, template: Template, from: number, to: number, least: number): Match[] {
  const found: Match[] = [];
  for (let y = from; y + template.height <= to; y += 2) {
    for (let x = 0; x + template.width <= picture.width; x += 2) {
      const here = matchAt(picture, template, x, y);
      if (here < LEAST_BESIDE) continue;
      let best = { x, y, score: here };
      for (let j = -1; j <= 1; j++) {
        for (let i = -1; i <= 1; i++) {
          const score = matchAt(picture, template, x + i, y + j);
          if (score > best.score) best = { x: x + i, y: y + j, score };
        }
      }
      if (best.score >= least) found.push(best);
    }
  }
  return found;
}

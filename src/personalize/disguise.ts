import { createFrame, type Frame } from '../core/frame.js';
import type { DriverView } from '../core/motion.js';
import type { SourcePhoto } from '../core/ports.js';
import { samplePixel } from '../geometry/sample-pixel.js';
import { faceState } from '../motion/face-state.js';
import type { Dice } from './random.js';

/** How another camera would show another face doing the same. */
export interface Disguise {
  /** Factors on width and height. */
  readonly stretch: readonly [number, number];
  /** Row-major 3 x 3: red, green and blue of the driver from those of the photo. */
  readonly colours: readonly number[];
  /** Standard deviation of the blur, pixels. */
  readonly blur: number;
}

export function drawDisguise(dice: Dice): Disguise {
  const wide = dice.uniform(0.88, 1.12);
  const light = dice.uniform(0.7, 1.2);
  const mixed = [0, 1, 2].flatMap((row) => [0, 1, 2].map((col) => (row === col ? dice.uniform(0.7, 1) : dice.uniform(0, 0.15)) * light));
  return { stretch: [wide, dice.uniform(0.95, 1.05) / wide], colours: mixed, blur: dice.uniform(0.3, 1.6) };
}

/** A photo of the sitter as a driver who isn't the sitter: without it the network would only learn to copy. */
export function disguise(photo: SourcePhoto, { stretch: [across, down], colours, blur }: Disguise): DriverView {
  const width = Math.max(2, Math.round(photo.frame.width * across));
  const height = Math.max(2, Math.round(photo.frame.height * down));
  const frame = createFrame(width, height);
  const rgb = [0, 0, 0];
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      samplePixel(photo.frame, ((x + 0.5) * photo.frame.width) / width - 0.5, ((y + 0.5) * photo.frame.height) / height - 0.5, rgb);
      for (let k = 0; k < 3; k++) frame.data[o + k] = colours[k * 3]! * rgb[0]! + colours[k * 3 + 1]! * rgb[1]! + colours[k * 3 + 2]! * rgb[2]!;
    }
  }
  soften(frame, blur);
  const points = photo.points.slice();
  for (let i = 0; i < points.length; i += 3) {
    points[i] = ((points[i]! + 0.5) * width) / photo.frame.width - 0.5;
    points[i + 1] = ((points[i + 1]! + 0.5) * height) / photo.frame.height - 0.5;
  }
  return { frame, points, state: faceState({ points, rotation: photo.state.rotation }) };
}

/** Binomial blur of about `sigma` pixels, in place: each pass of 1-2-1 adds half a pixel of variance. */
function soften({ data, width, height }: Frame, sigma: number): void {
  for (let pass = Math.round(sigma * sigma * 2); pass > 0; pass--) {
    for (let y = 0; y < height; y++) smoothLine(data, y * width * 4, 4, width);
    for (let x = 0; x < width; x++) smoothLine(data, x * 4, width * 4, height);
  }
}

function smoothLine(data: Uint8ClampedArray, start: number, step: number, count: number): void {
  for (let k = 0; k < 3; k++) {
    let before = data[start + k]!;
    for (let i = 0, o = start + k; i < count; i++, o += step) {
      const here = data[o]!;
      const after = i + 1 < count ? data[o + step]! : here;
      data[o] = (before + 2 * here + after) / 4;
      before = here;
    }
  }
}

import { luma } from '../palette.js';

/** A driver's colours turned into the portrait's: `gain[k] * (y + (v[k] - y) * colour)`, RGB 0..1 clipped to 0..1.5. */
export interface Grade {
  /** Factor on the driver's chroma, 0..1.2. */
  colour: number;
  /** `[3]` factor per channel, 0.2..4. */
  readonly gain: [number, number, number];
}

/** What skin looks like in one crop. */
export interface SkinTone {
  /** `[3]` mean, 0..1. */
  readonly mean: [number, number, number];
  /** Root mean square of the chroma relative to luminance. */
  spread: number;
}

/** Distances (see `DistanceField`) of skin beside the opening: outside of it, and near enough to be neither hair nor background. */
const OUTSIDE = -0.1;
const NEAR = -0.98;
const MOST = 1.5;

export function createGrade(): Grade {
  return { colour: 1, gain: [1, 1, 1] };
}

export function createSkinTone(): SkinTone {
  return { mean: [0, 0, 0], spread: 0 };
}

/**
 * Measures the skin and lips beside the opening.
 *
 * @param rgb - `[n, stride]`, three channels from `channel` on, 0..1.
 * @param distance - `[n, distanceStride]`: outer, then inner distance, from `distanceChannel` on.
 * @param inner - whether the inner contour is the opening (a mouth, a face) or the outer one (an eye).
 * @param near - least outer distance; default: what lies around the opening. Of a face: 0, its outline.
 */
export function measureSkin(
  rgb: Float32Array, channel: number, stride: number,
  distance: Float32Array, distanceChannel: number, distanceStride: number,
  inner: boolean, out: SkinTone, near = NEAR,
): SkinTone {
  const n = rgb.length / stride;
  const opening = distanceChannel + (inner ? 1 : 0);
  let count = 0;
  let r = 0;
  let g = 0;
  let b = 0;
  let cr = 0;
  let cg = 0;
  let cb = 0;
  let squares = 0;
  for (let k = 0, o = channel, d = 0; k < n; k++, o += stride, d += distanceStride) {
    if (distance[d + opening]! >= OUTSIDE || distance[d + distanceChannel]! <= near) continue;
    const vr = rgb[o]!;
    const vg = rgb[o + 1]!;
    const vb = rgb[o + 2]!;
    const y = luma(vr, vg, vb);
    count++;
    r += vr;
    g += vg;
    b += vb;
    const inverse = 1 / (y + 0.05);
    const x0 = (vr - y) * inverse;
    const x1 = (vg - y) * inverse;
    const x2 = (vb - y) * inverse;
    cr += x0;
    cg += x1;
    cb += x2;
    squares += x0 * x0 + x1 * x1 + x2 * x2;
  }
  const share = 1 / Math.max(1, count);
  out.mean[0] = r * share;
  out.mean[1] = g * share;
  out.mean[2] = b * share;
  out.spread = Math.sqrt(Math.max(0, squares * share - (cr * cr + cg * cg + cb * cb) * share * share));
  return out;
}

/**
 * From the driver's skin to the portrait's: its chroma is scaled until it varies as much (a grey print gets a grey mouth), then each
 * channel's mean is made the portrait's.
 */
export function fitGrade(driver: SkinTone, portrait: SkinTone, out: Grade): Grade {
  out.colour = Math.min(1.2, Math.max(0, portrait.spread / (driver.spread + 0.01)));
  const y = luma(...driver.mean);
  for (let k = 0; k < 3; k++) {
    const mean = y + (driver.mean[k]! - y) * out.colour;
    out.gain[k] = Math.min(4, Math.max(0.2, portrait.mean[k]! / (mean + 0.02)));
  }
  return out;
}

/** Grades three channels in place. */
export function applyGrade({ colour, gain }: Grade, rgb: Float32Array, channel: number, stride: number): void {
  for (let o = channel; o < rgb.length; o += stride) {
    const y = luma(rgb[o]!, rgb[o + 1]!, rgb[o + 2]!);
    for (let k = 0; k < 3; k++) rgb[o + k] = Math.min(MOST, Math.max(0, (y + (rgb[o + k]! - y) * colour) * gain[k]!));
  }
}

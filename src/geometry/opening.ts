/** Samples along an opening's axis, corner to corner. */
const SAMPLES = 48;

/**
 * An eye or a mouth: two curves over the axis between its corners.
 *
 * Local coordinates are in units of the opening's width: `a` runs from -0.5 (left corner) to 0.5 (right corner), `b` grows
 * downwards, perpendicular to the axis. Both curves are functions of `a`, clamped beyond the corners.
 */
export interface Opening {
  /** Pixels: midpoint of the corners. */
  x: number;
  y: number;
  /** Unit vector along the axis; the downward perpendicular is `(-ey, ex)`. */
  ex: number;
  ey: number;
  /** Pixels. */
  width: number;
  /** `[48]` b of the upper curve at evenly spaced a. */
  readonly upper: Float32Array;
  /** `[48]` b of the lower curve. */
  readonly lower: Float32Array;
}

/** An opening of its own memory, to be filled by {@link fitOpening}. */
export function createOpening(): Opening {
  return { x: 0, y: 0, ex: 1, ey: 0, width: 1, upper: new Float32Array(SAMPLES), lower: new Float32Array(SAMPLES) };
}

/**
 * Fits an opening to landmarks.
 *
 * @param points - `[n, 3]` landmarks, pixels.
 * @param upper - indices of the upper contour, left corner to right corner.
 * @param lower - indices of the lower contour; shares both corners with `upper`.
 */
export function fitOpening(points: Float32Array, upper: readonly number[], lower: readonly number[], out: Opening): Opening {
  const left = upper[0]! * 3;
  const right = upper[upper.length - 1]! * 3;
  const dx = points[right]! - points[left]!;
  const dy = points[right + 1]! - points[left + 1]!;
  out.width = Math.max(1e-3, Math.hypot(dx, dy));
  out.x = (points[left]! + points[right]!) / 2;
  out.y = (points[left + 1]! + points[right + 1]!) / 2;
  out.ex = dx / out.width;
  out.ey = dy / out.width;
  fitContour(points, upper, out, out.upper);
  fitContour(points, lower, out, out.lower);
  return out;
}

/** Resamples one contour of landmarks in the frame of `opening`; Catmull-Rom, so lids stay round. */
export function fitContour(points: Float32Array, contour: readonly number[], opening: Opening, out: Float32Array): void {
  const n = contour.length;
  const { x, y, ex, ey, width } = opening;
  const a = contourA;
  const b = contourB;
  for (let i = 0; i < n; i++) {
    const px = points[contour[i]! * 3]! - x;
    const py = points[contour[i]! * 3 + 1]! - y;
    a[i] = (px * ex + py * ey) / width;
    b[i] = (py * ex - px * ey) / width;
    if (i > 0 && a[i]! <= a[i - 1]!) a[i] = a[i - 1]! + 1e-4;
  }
  let i = 0;
  for (let s = 0; s < SAMPLES; s++) {
    const at = sampleToAxis(s);
    while (i < n - 2 && a[i + 1]! < at) i++;
    const a0 = a[i]!;
    const a1 = a[i + 1]!;
    const b0 = b[i]!;
    const b1 = b[i + 1]!;
    const span = a1 - a0;
    const t = Math.min(1, Math.max(0, (at - a0) / span));
    const m0 = i > 0 ? ((b1 - b[i - 1]!) / (a1 - a[i - 1]!)) * span : b1 - b0;
    const m1 = i < n - 2 ? ((b[i + 2]! - b0) / (a[i + 2]! - a0)) * span : b1 - b0;
    const t2 = t * t;
    const t3 = t2 * t;
    out[s] = (2 * t3 - 3 * t2 + 1) * b0 + (t3 - 2 * t2 + t) * m0 + (3 * t2 - 2 * t3) * b1 + (t3 - t2) * m1;
  }
}

const contourA = new Float32Array(32);
const contourB = new Float32Array(32);

function sampleToAxis(s: number): number {
  return s / (SAMPLES - 1) - 0.5;
}

/** Value of a curve at `a`, linear between samples, clamped beyond the corners. */
export function curveAt(curve: Float32Array, a: number): number {
  const s = (a + 0.5) * (SAMPLES - 1);
  if (s <= 0) return curve[0]!;
  if (s >= SAMPLES - 1) return curve[SAMPLES - 1]!;
  const i = s | 0;
  return curve[i]! + (curve[i + 1]! - curve[i]!) * (s - i);
}

/** Height of the opening in the middle third, in widths. */
export function openingHeight(opening: Opening): number {
  let h = 0;
  for (let s = SAMPLES / 3; s < (2 * SAMPLES) / 3; s++) h = Math.max(h, opening.lower[s]! - opening.upper[s]!);
  return h;
}

/** Mean of a curve over the middle third, in widths. */
export function curveMean(curve: Float32Array): number {
  let sum = 0;
  for (let s = SAMPLES / 3; s < (2 * SAMPLES) / 3; s++) sum += curve[s]!;
  return sum / (SAMPLES / 3);
}

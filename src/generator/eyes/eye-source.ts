import type { Frame } from '../../core/frame.js';
import type { EyeTopology } from '../../geometry/face-topology.js';
import { createOpening, curveAt, fitContour, fitOpening, type Opening } from '../../geometry/opening.js';
import { luma } from '../palette.js';
import { sampleOpening } from '../../geometry/sample-pixel.js';
import { measureRim } from './rim-softness.js';

/** The plate reaches this far beyond the corners and lids, in eye widths. */
const MARGIN = 0.25;
/** Rows and columns of the plate per eye width, at most. */
const MAX_DETAIL = 220;
/** Bounds of how soft a photo's edges are taken to be, pixels and eye widths. */
const SHARPEST = 1.2;
const SOFTEST = 0.12;
/** Lashes and the lid's shadow keep the white's true colour from the rim, in eye widths. */
const RIM = 0.045;

/**
 * What lies behind the lids of one eye, taken apart once: a white without iris, an iris without lids, a catch-light.
 *
 * Plate coordinates: eye frame of the source (`Opening` units, `a` along the corners, `b` down), `detail` pixels per unit.
 */
export interface EyeSource {
  readonly topology: EyeTopology;
  /** The eye as the photo shows it. */
  readonly opening: Opening;
  /** `[48]` curve between crease and brow, in the frame of `opening`: skin below it may be pulled over the eye. */
  readonly brow: Float32Array;
  /** Luminance of the skin below the eye over that of the lid, 1..1.6: a lid that closes comes into the light. */
  readonly lidLight: number;
  readonly detail: number;
  readonly cols: number;
  readonly rows: number;
  /** Plate position of (a, b) = (0, 0), plate pixels. */
  readonly plateX: number;
  readonly plateY: number;
  /** `[rows, cols, 3]` the eye as it is, 0..255. */
  readonly original: Float32Array;
  /** `[rows, cols, 3]` white with the iris taken out and grown under the lids. */
  readonly white: Float32Array;
  /** Iris centre in (a, b) and radius, eye widths. */
  readonly irisA: number;
  readonly irisB: number;
  readonly irisRadius: number;
  /** `[irisSide, irisSide, 4]` iris disc with soft rim; alpha 0..1 in the fourth channel. */
  readonly iris: Float32Array;
  readonly irisSide: number;
  /** `[irisSide, irisSide, 3]` light to add for the catch-light. */
  readonly catchLight: Float32Array;
  /** How dark the upper lid's shadow is at the lid, 0..1. */
  readonly shade: number;
  /** Width of the ramp that an edge is in the photo, eye widths, see {@link measureRim}. */
  readonly softness: number;
}

/** Takes one eye of the source photo apart. */
export function takeEyeApart(frame: Frame, points: Float32Array, topology: EyeTopology): EyeSource {
  const opening = fitOpening(points, topology.upper, topology.lower, createOpening());
  const brow = new Float32Array(opening.upper.length);
  fitContour(points, topology.browRing, opening, brow);
  const detail = Math.min(MAX_DETAIL, opening.width);
  const cols = Math.ceil((1 + 2 * MARGIN) * detail);
  const rows = Math.ceil((0.7 + 2 * MARGIN) * detail);
  const plateX = cols / 2;
  const plateY = rows / 2;
  const original = new Float32Array(cols * rows * 3);
  const rgb = [0, 0, 0];
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++) {
      sampleOpening(frame, opening, (i - plateX) / detail, (j - plateY) / detail, rgb);
      original.set(rgb, (j * cols + i) * 3);
    }
  }
  const iris = locateIris(points, topology, opening);
  const luminance = (a: number, b: number): number => {
    sampleOpening(frame, opening, a, b, rgb);
    return luma(rgb[0]!, rgb[1]!, rgb[2]!);
  };
  const softness = measureRim(luminance, opening, iris, [SHARPEST / opening.width, SOFTEST]);
  const plate = { opening, detail, cols, rows, plateX, plateY, original, softness, ...iris };
  const { white, shade } = growWhite(plate);
  const disc = completeIris(plate);
  return { topology, brow, lidLight: lidLight(plate, brow), white, shade, ...plate, ...disc };
}

type Plate = Pick<
  EyeSource,
  'opening' | 'detail' | 'cols' | 'rows' | 'plateX' | 'plateY' | 'original' | 'irisA' | 'irisB' | 'irisRadius' | 'softness'
>;

function locateIris(points: Float32Array, topology: EyeTopology, o: Opening): Pick<EyeSource, 'irisA' | 'irisB' | 'irisRadius'> {
  const local = (i: number): readonly [number, number] => {
    const dx = (points[i * 3]! - o.x) / o.width;
    const dy = (points[i * 3 + 1]! - o.y) / o.width;
    return [dx * o.ex + dy * o.ey, dy * o.ex - dx * o.ey];
  };
  const [centre, ...rim] = topology.iris;
  const [irisA, irisB] = local(centre);
  let radius = 0;
  for (const i of rim) {
    const [a, b] = local(i);
    radius += Math.hypot(a - irisA, b - irisB) / rim.length;
  }
  return { irisA, irisB, irisRadius: Math.min(0.3, Math.max(0.13, radius)) };
}

/** Relaxation sweeps: enough to cross an iris of the largest plate. */
const SWEEPS = 160;

/**
 * The white behind the iris and under the lids: visible white stays as painted, the rest is grown from it (membrane
 * interpolation, started from a plane so that narrow painted eyes with slivers of white get a sensible one too).
 */
function growWhite(plate: Plate): { white: Float32Array; shade: number } {
  const { opening, detail, cols, rows, plateX, plateY, original, irisA, irisB, irisRadius } = plate;
  const seen: { a: number; b: number; p: number; y: number; clear: boolean }[] = [];
  for (let j = 1; j < rows - 1; j++) {
    for (let i = 1; i < cols - 1; i++) {
      const a = (i - plateX) / detail;
      const b = (j - plateY) / detail;
      if (Math.abs(a) > 0.45) continue;
      const above = b - curveAt(opening.upper, a);
      const below = curveAt(opening.lower, a) - b;
      if (Math.min(above, below) < RIM * 0.4 || Math.hypot(a - irisA, b - irisB) < irisRadius * 1.14) continue;
      const p = j * cols + i;
      const y = luma(original[p * 3]!, original[p * 3 + 1]!, original[p * 3 + 2]!);
      seen.push({ a, b, p, y, clear: above > RIM * 1.4 && below > RIM * 0.8 });
    }
  }
  seen.sort((p, q) => p.y - q.y);
  const clear = seen.filter((s) => s.clear);
  const pool = clear.length >= 12 ? clear : seen;
  // The darkest of the pool are lashes and the corner's red.
  const lit = pool.slice(Math.floor(pool.length * 0.25));
  const white = new Float32Array(original.length);
  const fixed = new Uint8Array(cols * rows);
  for (let k = 0; k < 3; k++) {
    const values = lit.map((s) => original[s.p * 3 + k]!);
    const [c0, ca, cb] = fitPlane(lit.map((s) => [s.a, s.b, original[s.p * 3 + k]!] as const));
    const low = Math.min(...values, 255);
    const high = Math.max(...values, 0);
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < cols; i++) {
        const a = Math.max(-0.5, Math.min(0.5, (i - plateX) / detail));
        const b = Math.max(-0.2, Math.min(0.2, (j - plateY) / detail));
        white[(j * cols + i) * 3 + k] = Math.min(high, Math.max(low, c0 + ca * a + cb * b));
      }
    }
    for (const s of lit) {
      white[s.p * 3 + k] = original[s.p * 3 + k]!;
      fixed[s.p] = 1;
    }
  }
  if (lit.length > 0) relax(white, fixed, cols, rows);
  const mean = (list: readonly { y: number }[]): number => list.reduce((sum, s) => sum + s.y, 0) / Math.max(1, list.length);
  return { white, shade: Math.min(0.6, Math.max(0.25, 1.6 * (1 - mean(seen) / Math.max(1, mean(lit))))) };
}

/** Gauss-Seidel on the interior; what is fixed stays. */
function relax(plane: Float32Array, fixed: Uint8Array, cols: number, rows: number): void {
  const line = cols * 3;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let j = 1; j < rows - 1; j++) {
      for (let i = 1; i < cols - 1; i++) {
        const p = j * cols + i;
        if (fixed[p]) continue;
        for (let o = p * 3; o < p * 3 + 3; o++) {
          plane[o] = 0.25 * (plane[o - 3]! + plane[o + 3]! + plane[o - line]! + plane[o + line]!);
        }
      }
    }
  }
}

function lidLight(plate: Plate, brow: Float32Array): number {
  const { opening, detail, cols, rows, plateX, plateY, original } = plate;
  const at = (a: number, b: number): number => {
    const i = Math.min(cols - 1, Math.max(0, Math.round(plateX + a * detail)));
    const j = Math.min(rows - 1, Math.max(0, Math.round(plateY + b * detail)));
    const o = (j * cols + i) * 3;
    return luma(original[o]!, original[o + 1]!, original[o + 2]!);
  };
  let [lid, below] = [0, 0];
  for (let a = -0.3; a <= 0.3; a += 0.1) {
    const top = curveAt(opening.upper, a);
    lid += at(a, top + (curveAt(brow, a) - top) * 0.4);
    below += at(a, curveAt(opening.lower, a) + 0.15);
  }
  return Math.min(1.6, Math.max(1, below / Math.max(1, lid)));
}

/** Ridge regression of `v = c0 + ca * a + cb * b`. */
function fitPlane(samples: readonly (readonly [number, number, number])[]): readonly [number, number, number] {
  const n = Math.max(1, samples.length);
  let [ma, mb, mv] = [0, 0, 0];
  for (const [a, b, v] of samples) {
    ma += a / n;
    mb += b / n;
    mv += v / n;
  }
  let [saa, sab, sbb, sav, sbv] = [0.004, 0, 0.004, 0, 0];
  for (const [a, b, v] of samples) {
    saa += ((a - ma) * (a - ma)) / n;
    sab += ((a - ma) * (b - mb)) / n;
    sbb += ((b - mb) * (b - mb)) / n;
    sav += ((a - ma) * (v - mv)) / n;
    sbv += ((b - mb) * (v - mv)) / n;
  }
  const det = saa * sbb - sab * sab;
  const ca = (sav * sbb - sbv * sab) / det;
  const cb = (sbv * saa - sav * sab) / det;
  return [mv - ca * ma - cb * mb, ca, cb];
}

/** Radius bins of the iris profile. */
const BINS = 16;

/**
 * The iris as a full disc. What the lids hide gets the mean colour of its radius; spots much brighter than their radius are
 * the catch-light and kept apart.
 */
function completeIris(plate: Plate): Pick<EyeSource, 'iris' | 'irisSide' | 'catchLight'> {
  const { opening, detail, cols, rows, plateX, plateY, original, irisA, irisB, irisRadius } = plate;
  const radius = irisRadius * detail;
  const side = Math.max(5, Math.ceil(radius * 2.4) | 1);
  const half = (side - 1) / 2;
  /** Plate offset of an iris pixel and how surely it is iris, 0..1. */
  const look = (i: number, j: number): readonly [number, number] => {
    const a = irisA + (i - half) / detail;
    const b = irisB + (j - half) / detail;
    const x = Math.min(cols - 1, Math.max(0, Math.round(plateX + a * detail)));
    const y = Math.min(rows - 1, Math.max(0, Math.round(plateY + b * detail)));
    const inside = Math.min((b - curveAt(opening.upper, a)) * 0.7, curveAt(opening.lower, a) - b);
    return [(y * cols + x) * 3, Math.abs(a) > 0.48 ? 0 : Math.min(1, Math.max(0, inside / RIM - 0.5))];
  };
  const profile = new Float32Array(BINS * 4);
  const tones: number[] = [];
  for (let p = 0; p < side * side; p++) {
    const [o, sure] = look(p % side, (p / side) | 0);
    const bin = Math.floor((Math.hypot((p % side) - half, ((p / side) | 0) - half) / radius) * (BINS - 4));
    if (sure <= 0 || bin >= BINS) continue;
    for (let k = 0; k < 3; k++) profile[bin * 4 + k]! += original[o + k]! * sure;
    profile[bin * 4 + 3]! += sure;
    if (bin < BINS - 5) tones.push(luma(original[o]!, original[o + 1]!, original[o + 2]!));
  }
  tones.sort((p, q) => p - q);
  const median = tones[tones.length >> 1] ?? 40;
  fillProfile(profile, median);
  const quartiles = (tones[Math.floor(tones.length * 0.75)] ?? median) - (tones[Math.floor(tones.length * 0.25)] ?? median);
  const spark = median + Math.max(36, 3 * quartiles);
  const iris = new Float32Array(side * side * 4);
  const catchLight = new Float32Array(side * side * 3);
  // The rim is as soft as the photo's edges, at least a tenth of the radius.
  const soft = Math.max(0.1, 1.6 / radius, plate.softness / irisRadius);
  for (let p = 0; p < side * side; p++) {
    const [o, sure] = look(p % side, (p / side) | 0);
    const d = Math.hypot((p % side) - half, ((p / side) | 0) - half) / radius;
    const bin = Math.min(BINS - 1, Math.floor(d * (BINS - 4)));
    iris[p * 4 + 3] = Math.min(1, Math.max(0, (1.02 + soft / 2 - d) / soft));
    const y = luma(original[o]!, original[o + 1]!, original[o + 2]!);
    const isSpark = sure > 0 && y > spark && d < 0.85;
    for (let k = 0; k < 3; k++) {
      const mean = profile[bin * 4 + k]!;
      const seen = isSpark ? mean : original[o + k]!;
      iris[p * 4 + k] = mean + (seen - mean) * sure;
      catchLight[p * 3 + k] = isSpark ? Math.max(0, original[o + k]! - mean) : 0;
    }
  }
  return { iris, irisSide: side, catchLight };
}

/** Sums -> means; empty bins take their neighbour's. */
function fillProfile(profile: Float32Array, fallback: number): void {
  for (let bin = 0; bin < BINS; bin++) {
    const n = profile[bin * 4 + 3]!;
    for (let k = 0; k < 3; k++) {
      profile[bin * 4 + k] = n > 0 ? profile[bin * 4 + k]! / n : bin > 0 ? profile[(bin - 1) * 4 + k]! : fallback;
    }
  }
}

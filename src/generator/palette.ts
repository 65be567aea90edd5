import type { Frame } from '../core/frame.js';
import { CANONICAL_TRIANGLES } from '../geometry/canonical-mesh.js';
import { EYES, INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../geometry/face-topology.js';

/** The tones a face is painted with. Luminance is Rec. 709 on gamma-coded values, 0..255. */
export interface FacePalette {
  /** Median skin luminance. */
  readonly skin: number;
  /** 97th percentile of skin and eye whites: the picture's own highlights. */
  readonly highlight: number;
  /** 85th percentile of what lies between the lids: the whites of the eyes. */
  readonly whites: number;
  /** 0..1: how far eyes are large enough for their whites to be seen apart from lids and irises. */
  readonly whitesSeen: number;
  /** Darkest tone of the closed lip line. */
  readonly shadow: number;
  /** `[3]` colour of teeth divided by their luminance: the picture's cast with a little of the skin's warmth. */
  readonly toothTint: readonly [number, number, number];
  /** `[3]` colour of the lips divided by their luminance. */
  readonly lipTint: readonly [number, number, number];
  /** `[3]` colour of tongue and gums divided by their luminance: further from the skin's than the lips'. */
  readonly fleshTint: readonly [number, number, number];
}

/** Rec. 709 luma of gamma-coded RGB. */
export function luma(r: number, g: number, b: number): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

type Sample = readonly [y: number, r: number, g: number, b: number];

/** Measures a face at a few hundred points. */
export function facePalette(frame: Frame, points: Float32Array): FacePalette {
  const skin = sampleSkin(frame, points);
  const lips = sampleBetween(frame, points, [
    [OUTER_LIP_UPPER, INNER_LIP_UPPER],
    [OUTER_LIP_LOWER, INNER_LIP_LOWER],
  ]);
  const line = sampleBetween(frame, points, [[INNER_LIP_UPPER, INNER_LIP_LOWER]]);
  const whites = EYES.flatMap((eye) => sampleBetween(frame, points, [[eye.upper, eye.lower]]));
  const bright = [...skin, ...whites].sort(byLuma);
  const [skinTint, lipTint] = [tint(skin), tint(lips)];
  const white = percentile(whites.sort(byLuma), 0.85);
  return {
    skin: percentile(skin, 0.5),
    highlight: Math.max(percentile(bright, 0.97), white),
    whites: white,
    whitesSeen: clearness(points, SMALL_EYE),
    shadow: Math.min(percentile([...line].sort(byLuma), 0.04), 0.4 * percentile(skin, 0.5)),
    toothTint: toothTint(skinTint, medianTint(frame), whites, clearness(points, BLURRED_EYE)),
    lipTint,
    fleshTint: fleshTint(skinTint, lipTint),
  };
}

const LIPS = new Set<number>([...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER, ...INNER_LIP_UPPER, ...INNER_LIP_LOWER]);

/** Teeth are never as colourful as skin; this much of the skin's colour stays in them where the picture has no cast. */
const WARMTH = 0.3;
/**
 * Distance of the most colourful skin's tint from grey, in even light: the tones 7 and 8 of the Monk Skin Tone Scale (Monk 2019). What a
 * face's is beyond that is the light's.
 */
const MOST_COLOURFUL = 0.46;
/** A wall may happen to be this much like skin. */
const COINCIDENCE = 0.4;
/** Share of an eye's light spots that is its white, at least. */
const PUREST = 0.15;
/** Widths of an eye, pixels: from which on the tint of its white begins to show, and its tone. */
const BLURRED_EYE = 24;
const SMALL_EYE = 16;

/**
 * The skin's tint, weakened, but only as far as what should be neutral isn't tinted the same way (the picture as a whole, and the whites of
 * the eyes), and as the tint isn't more than skin can have. In a sepia print or under yellow varnish teeth are sepia or yellow too, in
 * lamplight they are warm, before a green wall they aren't green.
 */
function toothTint(skin: readonly number[], cast: readonly number[], eyes: readonly Sample[], clear: number): readonly [number, number, number] {
  const shared = Math.max(sharedTint(cast, skin), clear * whitesTint(eyes, skin), 1 - MOST_COLOURFUL / Math.hypot(...skin.map((value) => value - 1)));
  const keep = shared + (1 - shared) * WARMTH;
  const mix = (k: number): number => 1 + (skin[k]! - 1) * keep;
  return [mix(0), mix(1), mix(2)];
}

/** Lips are skin that blood shows through; in a mouth it shows half as much again. */
const FLESH = 1.5;
/** Red above luminance of the reddest tongue. */
const REDDEST = 0.75;

/** On from the skin's tint through the lips'; lips that are no redder than skin (sepia, a moustache) say nothing. */
function fleshTint(skin: readonly [number, number, number], lips: readonly [number, number, number]): readonly [number, number, number] {
  const rise = lips[0] - skin[0];
  if (rise <= 0) return lips;
  const share = Math.max(1, Math.min(FLESH, (1 + REDDEST - skin[0]) / rise));
  const on = (k: 0 | 1 | 2): number => Math.max(0, skin[k] + (lips[k] - skin[k]) * share);
  return [on(0), on(1), on(2)];
}

/** How much of the skin's tint a neutral thing has, 0..1; what may be coincidence doesn't count. */
function sharedTint(neutral: readonly number[], skin: readonly number[]): number {
  let [along, length] = [0, 1e-4];
  for (let k = 0; k < 3; k++) {
    along += (neutral[k]! - 1) * (skin[k]! - 1);
    length += (skin[k]! - 1) ** 2;
  }
  return Math.min(1, Math.max(0, (along / length - COINCIDENCE) / (1 - COINCIDENCE)));
}

/** 0 where eyes are `small` pixels wide, so that their whites are blurred with lids and iris; 1 from twice that size on. */
function clearness(points: Float32Array, small: number): number {
  const widths = EYES.map(({ corners: [a, b] }) => Math.hypot(points[b * 3]! - points[a * 3]!, points[b * 3 + 1]! - points[a * 3 + 1]!));
  return Math.min(1, Math.max(0, Math.max(...widths) / small - 1));
}

/** The same of the most neutral light spots between the lids: small eyes are full of skin, and only their purest white says something. */
function whitesTint(eyes: readonly Sample[], skin: readonly number[]): number {
  const light = [...eyes].sort(byLuma).slice(eyes.length >> 1);
  const shared = light.map(([y, ...rgb]) => sharedTint(rgb.map((value) => value / Math.max(1, y)), skin)).sort((a, b) => a - b);
  return shared[Math.floor(shared.length * PUREST)] ?? 0;
}

/** Median over a grid of pixels of colour over luminance; black pixels have no tint. */
function medianTint(frame: Frame): readonly number[] {
  const tints: number[][] = [[], [], []];
  for (let j = 0; j < 48; j++) {
    for (let i = 0; i < 48; i++) {
      const [y, ...rgb] = pixel(frame, ((i + 0.5) / 48) * frame.width, ((j + 0.5) / 48) * frame.height);
      if (y >= 24) rgb.forEach((value, k) => tints[k]!.push(value / y));
    }
  }
  return tints.map((list) => list.sort((p, q) => p - q)[list.length >> 1] ?? 1);
}

/** Pixels at the centroids of the skin triangles. */
function sampleSkin(frame: Frame, points: Float32Array): Sample[] {
  const out: Sample[] = [];
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    const [a, b, c] = [CANONICAL_TRIANGLES[t]!, CANONICAL_TRIANGLES[t + 1]!, CANONICAL_TRIANGLES[t + 2]!];
    if (LIPS.has(a) && LIPS.has(b)) continue;
    const x = (points[a * 3]! + points[b * 3]! + points[c * 3]!) / 3;
    const y = (points[a * 3 + 1]! + points[b * 3 + 1]! + points[c * 3 + 1]!) / 3;
    out.push(pixel(frame, x, y));
  }
  return out.sort(byLuma);
}

/** Pixels between pairs of contours. */
function sampleBetween(frame: Frame, points: Float32Array, pairs: readonly (readonly [readonly number[], readonly number[]])[]): Sample[] {
  const out: Sample[] = [];
  for (const [first, second] of pairs) {
    for (let i = 1; i < first.length - 1; i++) {
      for (const t of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const a = first[i]! * 3;
        const b = second[i]! * 3;
        const x = points[a]! * (1 - t) + points[b]! * t;
        const y = points[a + 1]! * (1 - t) + points[b + 1]! * t;
        out.push(pixel(frame, x, y));
      }
    }
  }
  return out;
}

function pixel(frame: Frame, x: number, y: number): Sample {
  const px = Math.min(frame.width - 1, Math.max(0, Math.round(x)));
  const py = Math.min(frame.height - 1, Math.max(0, Math.round(y)));
  const o = (py * frame.width + px) * 4;
  const [r, g, b] = [frame.data[o]!, frame.data[o + 1]!, frame.data[o + 2]!];
  return [luma(r, g, b), r, g, b];
}

function byLuma(a: Sample, b: Sample): number {
  return a[0] - b[0];
}

function percentile(sorted: readonly Sample[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]?.[0] ?? 128;
}

function tint(samples: readonly Sample[]): readonly [number, number, number] {
  let [y, r, g, b] = [1e-3, 0, 0, 0];
  for (const s of samples) {
    y += s[0];
    r += s[1];
    g += s[2];
    b += s[3];
  }
  return [r / y, g / y, b / y];
}

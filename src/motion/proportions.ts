import { EYES } from '../geometry/face-topology.js';
import { CANONICAL_SHAPE, SKIN_POINTS } from './canonical-shape.js';
import { eyeFrame, openness } from './eye-frame.js';
import { EYE_WEIGHTS, LIP_WEIGHT } from './regions.js';

/** Lengths of one face that offsets are measured in, canonical head units. */
export interface Proportions {
  /** Outer eye corner to outer eye corner. */
  readonly interOcular: number;
  /** Outer mouth corner to outer mouth corner. */
  readonly mouthWidth: number;
  /** Bottom of the nose to the chin, with the mouth's opening taken out. */
  readonly lowerFace: number;
  /** Width of each eye, corner to corner. */
  readonly eyeWidth: readonly [number, number];
  /** Opening of each eye, lid margin to lid margin. */
  readonly aperture: readonly [number, number];
}

/** An eye whose lids are nearer than this (part of its width) when measured is taken as this open: a blink is no proportion. */
const LEAST_APERTURE = 0.16;

/** Measures a face in canonical space, `[478, 3]` or `[468, 3]`. */
export function measureProportions(canonical: Float32Array): Proportions {
  const frames = EYES.map((eye) => eyeFrame(canonical, eye));
  const aperture = frames.map((frame, i) => frame.width * Math.max(LEAST_APERTURE, openness(canonical, EYES[i]!, frame)));
  return {
    interOcular: distance(canonical, 33, 263),
    mouthWidth: distance(canonical, 61, 291),
    lowerFace: Math.max(SHORTEST, distance(canonical, 2, 152) - Math.max(0, canonical[3 * 14 + 1]! - canonical[3 * 13 + 1]!)),
    eyeWidth: [frames[0]!.width, frames[1]!.width],
    aperture: [aperture[0]!, aperture[1]!],
  };
}

/** Offsets are divided by lengths; landmarks drawn on top of each other must not make that a division by zero. */
const SHORTEST = 0.01;

const AVERAGE = measureProportions(CANONICAL_SHAPE);

/**
 * The unit that offsets of each skin point are measured in: across and in depth, and down. `[468]` each, about 1.
 *
 * An offset divided by the units of its owner belongs to nobody; times the units of a sitter it fits the sitter's face. Lips
 * stretch by the width of the mouth and open by the size of eyes and lower face; lids move by the opening of their eye; the rest by the
 * distance between the eyes.
 */
export function offsetUnits(face: Proportions): { readonly across: Float32Array; readonly down: Float32Array } {
  const eyes = face.interOcular / AVERAGE.interOcular;
  const mouth = face.mouthWidth / AVERAGE.mouthWidth;
  const opening = (eyes + face.lowerFace / AVERAGE.lowerFace) / 2;
  const across = new Float32Array(SKIN_POINTS);
  const down = new Float32Array(SKIN_POINTS);
  for (let i = 0; i < SKIN_POINTS; i++) {
    const lip = LIP_WEIGHT[i]!;
    across[i] = eyes + lip * (mouth - eyes);
    down[i] = eyes + lip * (opening - eyes);
    for (const side of [0, 1] as const) {
      down[i]! += EYE_WEIGHTS[side][i]! * (face.aperture[side] / AVERAGE.aperture[side] - eyes);
    }
  }
  return { across, down };
}

function distance(points: Float32Array, a: number, b: number): number {
  const length = Math.hypot(points[3 * a]! - points[3 * b]!, points[3 * a + 1]! - points[3 * b + 1]!, points[3 * a + 2]! - points[3 * b + 2]!);
  return Math.max(length, SHORTEST);
}

import { EYE_LEFT, EYE_RIGHT, INNER_LIP_LOWER, INNER_LIP_UPPER, type EyeTopology } from '../../geometry/face-topology.js';

/** Which of the two networks draws a region: one serves both eyes, the image-right one mirrored. */
export type RefinerNetwork = 'mouth' | 'eye';

/** A part of the face that the refiner redraws. */
export interface RefinerRegion {
  readonly name: 'mouth' | 'eyeLeft' | 'eyeRight';
  readonly network: RefinerNetwork;
  /** Crop pixels across. */
  readonly cols: number;
  /** Crop pixels down. */
  readonly rows: number;
  /** Crop pixels per unit; the unit is the distance of {@link RefinerRegion.corners} at rest. */
  readonly perUnit: number;
  /** Contours of the opening whose ends give the crop's axis, left corner to right corner. */
  readonly upper: readonly number[];
  readonly lower: readonly number[];
  readonly corners: readonly [number, number];
  readonly mirrored: boolean;
  /** Absent for the mouth. */
  readonly eye?: EyeTopology;
}

const MOUTH: RefinerRegion = {
  name: 'mouth', network: 'mouth', cols: 96, rows: 64, perUnit: 96 / 1.8,
  upper: INNER_LIP_UPPER, lower: INNER_LIP_LOWER, corners: [61, 291], mirrored: false,
};

function eyeRegion(name: 'eyeLeft' | 'eyeRight', eye: EyeTopology): RefinerRegion {
  const { upper, lower, corners } = eye;
  return { name, network: 'eye', cols: 64, rows: 48, perUnit: 40, upper, lower, corners, mirrored: name === 'eyeRight', eye };
}

/** In the order in which they are drawn. */
export const REFINER_REGIONS: readonly RefinerRegion[] = [MOUTH, eyeRegion('eyeLeft', EYE_LEFT), eyeRegion('eyeRight', EYE_RIGHT)];

/** Canonical head units per unit of the region, on the face whose canonical shape is given (`[478, 3]`). */
export function regionUnit({ corners: [a, b] }: RefinerRegion, canonical: Float32Array): number {
  return Math.hypot(canonical[a * 3]! - canonical[b * 3]!, canonical[a * 3 + 1]! - canonical[b * 3 + 1]!, canonical[a * 3 + 2]! - canonical[b * 3 + 2]!);
}

import { EYE_LEFT, EYE_RIGHT, FACE_LOWER, FACE_UPPER, INNER_LIP_LOWER, INNER_LIP_UPPER, type EyeTopology } from '../../geometry/face-topology.js';

/** Which of two networks draws a region: one serves both eyes, the image-right one mirrored. */
export type RefinerNetwork = 'mouth' | 'eye';
/** Those of all tiers. */
export type AnyNetwork = RefinerNetwork | 'face';

/** A part of the face that a network redraws. */
export interface RefinerRegion<N extends AnyNetwork = AnyNetwork> {
  readonly name: 'mouth' | 'eyeLeft' | 'eyeRight' | 'face';
  readonly network: N;
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
  /** Share of the network's correction that is made. Default 1. */
  readonly share?: number;
  /** The same where the driver's pixels may not be used. Default: as `share`. */
  readonly alone?: number;
  /** Of either, when the opening is shut; the rest comes with the first 0.15 units of its height. Default 1. */
  readonly shut?: number;
  /** Of that, inside the outer contour (an eye's lids). Default 1. */
  readonly inside?: number;
  /** Of an eye. */
  readonly eye?: EyeTopology;
  /** Of the whole face: the openings inside it, left corner to right corner each, that are not its own. */
  readonly spared?: readonly { readonly upper: readonly number[]; readonly lower: readonly number[] }[];
}

/**
 * The network knows rendered teeth only, and where it can't know it hedges. With a driver's teeth to go by nine tenths of its correction keep a mouth's motion; without
 * them two thirds (training/METHOD.md). That no cavity turns grey by it is `keep-inside.ts`' matter.
 */
const MOUTH_SHARE = { share: 0.9, alone: 0.65 };

/**
 * Where a driver looks the landmarks say, and the network hedges: glances came out a fifth too short on real clips. With this share of its
 * correction of the eyeball they are nearer to the driver's and to the truth, on real and on rendered faces (training/METHOD.md).
 */
const INSIDE_LIDS = 0.6;

/**
 * Where lashes end when lids meet the network can't know and blurs the line. With half of the correction it stays; on real faces that is as near to the truth
 * (training/METHOD.md).
 */
const SHUT_LIDS = 0.5;
/** Height of an opening from which on it isn't shut at all, units. */
const OPEN = 0.15;

const MOUTH: RefinerRegion<'mouth'> = {
  name: 'mouth', network: 'mouth', cols: 96, rows: 64, perUnit: 96 / 1.8,
  upper: INNER_LIP_UPPER, lower: INNER_LIP_LOWER, corners: [61, 291], mirrored: false, ...MOUTH_SHARE,
};

function eyeRegion(name: 'eyeLeft' | 'eyeRight', eye: EyeTopology): RefinerRegion<'eye'> {
  const { upper, lower, corners } = eye;
  return { name, network: 'eye', cols: 64, rows: 48, perUnit: 40, upper, lower, corners, mirrored: name === 'eyeRight', shut: SHUT_LIDS, inside: INSIDE_LIDS, eye };
}

/** Those of `standard`, in the order in which they are drawn. */
export const REFINER_REGIONS: readonly RefinerRegion<RefinerNetwork>[] = [MOUTH, eyeRegion('eyeLeft', EYE_LEFT), eyeRegion('eyeRight', EYE_RIGHT)];

/** Real light isn't rendered light: half of the correction was nearer to the truth than all of it, and than none, on each real clip (training/METHOD.md). */
const FACE_SHARE = 0.5;

/**
 * The skin of the whole face, which `high` shades around the crops of mouth and eyes. Its unit is the face's width. The crop is coarse: shades
 * are soft, and the network sees the whole face at once; what it shades is as sharp as ever.
 */
export const FACE_REGION: RefinerRegion<'face'> = {
  name: 'face', network: 'face', cols: 56, rows: 72, perUnit: 48,
  upper: FACE_UPPER, lower: FACE_LOWER, corners: [234, 454], mirrored: false, share: FACE_SHARE,
  spared: [MOUTH, EYE_LEFT, EYE_RIGHT],
};

/** Canonical head units per unit of the region, on the face whose canonical shape is given (`[478, 3]`). */
export function regionUnit({ corners: [a, b] }: RefinerRegion, canonical: Float32Array): number {
  return Math.hypot(canonical[a * 3]! - canonical[b * 3]!, canonical[a * 3 + 1]! - canonical[b * 3 + 1]!, canonical[a * 3 + 2]! - canonical[b * 3 + 2]!);
}

/**
 * Share of the network's correction that is made of a whole crop.
 *
 * @param opening - height of the opening, units.
 * @param presence - 0..1: how much of the driver's pixels may show.
 */
export function shareAt({ share = 1, alone = share, shut = 1 }: RefinerRegion, opening: number, presence: number): number {
  return (alone + (share - alone) * presence) * (shut + (1 - shut) * Math.min(1, Math.max(0, opening / OPEN)));
}

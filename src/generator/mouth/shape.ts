import { openingHeight, type Opening } from '../../geometry/opening.js';

/** An opening between lips, whoever's. */
export interface MouthShape {
  /** In its own widths. */
  readonly height: number;
  /** In canonical units. */
  readonly width: number;
}

/** Teeth mixed with a cavity are neither: little lies between. Up to here, as a ratio of heights, a photo's mouth suits fully; from the second on, not at all. */
const HEIGHTS = [0.6, 0.82] as const; // octaves
/** The same for widths: the teeth of a grin don't belong into a mouth that speaks. */
const WIDTHS = [0.3, 0.42] as const;

/** @param scale - pixels per canonical unit */
export function mouthShape(opening: Opening, scale: number): MouthShape {
  return { height: openingHeight(opening), width: opening.width / scale };
}

/** How well what lies in a photo's open mouth suits a target's, 0..1. */
export function shapeLikeness(target: MouthShape, photo: MouthShape): number {
  return within(target.height, photo.height, HEIGHTS) * within(target.width, photo.width, WIDTHS);
}

function within(a: number, b: number, [full, none]: readonly [number, number]): number {
  const octaves = Math.abs(Math.log2(Math.max(1e-3, a) / Math.max(1e-3, b)));
  return Math.min(1, Math.max(0, (none - octaves) / (none - full)));
}

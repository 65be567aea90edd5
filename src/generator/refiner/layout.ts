/**
 * The channels of a refiner's crop, `[rows, cols, 17]`. The networks were trained on this order.
 *
 * Pictures are RGB 0..1; distances are -1..1, the others 0..1.
 */
export const CHANNEL = {
  /** The portrait at its own opening; an eye's moved so that its iris lies where the target's does. */
  source: 0,
  /** The portrait through the flow, before eyes and mouth are painted. */
  warp: 3,
  /** How much of the source really lies under the pixel. */
  validity: 6,
  /** The draft's finished picture: what the refiner corrects. */
  draft: 7,
  /** The driver's picture in the portrait's colours; zeros when it may not be used. */
  driver: 10,
  /** Signed distance to the outer contour (outer lips, lids, the face's outline), then to the inner one (inner lips, iris rim, mouth and eyes of a face). */
  distance: 13,
  /** Height of the opening in units (of a face less 1), the same everywhere. */
  opening: 15,
  /** 1 = the driver's pixels may be used, the same everywhere. */
  present: 16,
} as const;

export const CROP_CHANNELS = 17;

import type { Frame } from './frame.js';

/**
 * A face split into who it is and what it does: `points = scale * rotation * canonical + centre`.
 *
 * `canonical` still carries the shape of its owner; only differences between two faces of one owner are motion.
 */
export interface FaceState {
  /** `[478, 3]` head-fixed coordinates in canonical head units (1 = RMS radius of the rigid points). */
  readonly canonical: Float32Array;
  /** `[3, 3]` row-major, image axes. */
  readonly rotation: Float32Array;
  /** Pixels per canonical unit. */
  readonly scale: number;
  /** `[3]` pixels: centroid of the rigid points. */
  readonly centre: Float32Array;
}

/** What the sitter's face should look like in one frame, in pixels of the (working-size) portrait. */
export interface TargetFace extends FaceState {
  /** `[478, 3]` posed landmarks, pixels of the portrait. Irises included: gaze is in them. */
  readonly points: Float32Array;
  /**
   * How much of the driver's own mouth may show: 1 = the driver was seen in this frame, 0 = bridged gap or template.
   */
  readonly confidence: number;
}

/** The driver at one frame, for generators that borrow hidden regions from it (mouth interior, fold shading). */
export interface DriverView {
  /** The driver's picture. */
  readonly frame: Frame;
  /** The driver's face in that picture. */
  readonly state: FaceState;
  /** `[478, 3]` landmarks in pixels of that picture. */
  readonly points: Float32Array;
}

/** Pictures that together show the driver doing what the sitter does in each photo. */
export interface DriverRest {
  readonly views: readonly DriverView[];
  /** How much each picture counts, by photo: `[photos][views]`, 0..1, each photo's sum to 1. */
  readonly shares: readonly Float32Array[];
}

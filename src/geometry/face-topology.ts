/**
 * Index lists into the 478 MediaPipe face landmarks. "Left" and "right" are the image's when the face looks at the camera.
 * Loops run in order around their contour.
 */

/** Outline of the face, 36 points, clockwise in the image from the top of the forehead. */
export const FACE_OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93,
  234, 127, 162, 21, 54, 103, 67, 109,
] as const;

const OUTLINE = new Set<number>(FACE_OVAL);

/** Whether a landmark is one of {@link FACE_OVAL}. */
export function isOnOutline(vertex: number): boolean {
  return OUTLINE.has(vertex);
}

/** Upper half of the outline, temples to hairline, left to right. */
export const FACE_UPPER = [234, 127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356, 454] as const;
/** Lower half, along the jaw, left to right. */
export const FACE_LOWER = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454] as const;

/** Points that expressions hardly move: eye corners, nose bridge, forehead, jaw hinges. */
export const RIGID_POINTS = [33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 10, 151, 9, 8, 234, 454, 127, 356] as const;

/** Inner border of the upper lip, left corner to right corner. */
export const INNER_LIP_UPPER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308] as const;
/** Inner border of the lower lip, left corner to right corner. */
export const INNER_LIP_LOWER = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308] as const;
/** Outer border of the upper lip, left corner to right corner. */
export const OUTER_LIP_UPPER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291] as const;
/** Outer border of the lower lip, left corner to right corner. */
export const OUTER_LIP_LOWER = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291] as const;

/** One eye: lids from the outer to the inner corner (image left eye) or inner to outer (image right eye), i.e. left to right. */
export interface EyeTopology {
  /** Corner at image left, corner at image right. */
  readonly corners: readonly [number, number];
  /** Upper lid margin, left corner to right corner. */
  readonly upper: readonly number[];
  /** Lower lid margin, left corner to right corner. */
  readonly lower: readonly number[];
  /** Second ring outside the upper lid (crease), left to right. */
  readonly upperRing: readonly number[];
  /** Third ring above the eye, below the brow, left to right. */
  readonly browRing: readonly number[];
  /** Second ring outside the lower lid, left to right. */
  readonly lowerRing: readonly number[];
  /** Iris centre, then its right, top, left and bottom rim points. */
  readonly iris: readonly [number, number, number, number, number];
  /** Middle of the upper and of the lower lid. */
  readonly aperture: readonly [number, number];
}

export const EYE_LEFT: EyeTopology = {
  corners: [33, 133],
  upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
  lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  browRing: [113, 225, 224, 223, 222, 221, 189],
  upperRing: [130, 247, 30, 29, 27, 28, 56, 190, 243],
  lowerRing: [130, 25, 110, 24, 23, 22, 26, 112, 243],
  iris: [468, 469, 470, 471, 472],
  aperture: [159, 145],
};

export const EYE_RIGHT: EyeTopology = {
  corners: [362, 263],
  upper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
  lower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
  browRing: [413, 441, 442, 443, 444, 445, 342],
  upperRing: [463, 414, 286, 258, 257, 259, 260, 467, 359],
  lowerRing: [463, 341, 256, 252, 253, 254, 339, 255, 359],
  iris: [473, 474, 475, 476, 477],
  aperture: [386, 374],
};

export const EYES = [EYE_LEFT, EYE_RIGHT] as const;

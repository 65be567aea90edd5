/**
 * The points that a person can place by hand and the landmark that each one is.
 * "left" and "right" are those of the picture, seen by its viewer.
 */
export const NAMED_LANDMARKS = {
  leftEyeOuter: 33,
  leftEyeInner: 133,
  rightEyeInner: 362,
  rightEyeOuter: 263,
  noseTip: 1,
  mouthLeft: 61,
  mouthRight: 291,
  chin: 152,
  leftIris: 468,
  rightIris: 473,
  upperLipTop: 0,
  upperLipBottom: 13,
  lowerLipTop: 14,
  lowerLipBottom: 17,
  leftBrow: 105,
  rightBrow: 334,
  forehead: 10,
  leftCheek: 234,
  rightCheek: 454,
} as const;

/** Name of a point that a person can place by hand. */
export type PointName = keyof typeof NAMED_LANDMARKS;

/** The points without which no face can be fitted. */
export const REQUIRED_POINTS = [
  'leftEyeOuter',
  'leftEyeInner',
  'rightEyeInner',
  'rightEyeOuter',
  'noseTip',
  'mouthLeft',
  'mouthRight',
  'chin',
] as const satisfies readonly PointName[];

/** Some named points, `[x, y]` pixels. */
export type NamedPoints = Readonly<Partial<Record<PointName, readonly [number, number]>>>;

/** The placed points as landmark number and position. */
export function placedPoints(named: NamedPoints): readonly { readonly landmark: number; readonly x: number; readonly y: number }[] {
  return (Object.keys(NAMED_LANDMARKS) as PointName[]).flatMap((name) => {
    const at = named[name];
    return at ? [{ landmark: NAMED_LANDMARKS[name], x: at[0], y: at[1] }] : [];
  });
}

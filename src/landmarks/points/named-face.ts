import type { FaceLandmarks } from '../../core/landmarks.js';
import { EYES } from '../../geometry/face-topology.js';
import type { EyeTopology } from '../../geometry/face-topology.js';
import { bend } from './bend.js';
import { IRIS_RADIUS, eyeContour, placeIris } from './canonical-face.js';
import { boundingBox } from '../face.js';
import { NAMED_LANDMARKS, placedPoints } from './named-points.js';
import type { NamedPoints } from './named-points.js';
import { fitPose, poseCanonical } from './pose-fit.js';
import type { HeadPose } from './pose-fit.js';

/** Named points that a head's pose moves and expressions don't move much. */
const POSE_LANDMARKS: ReadonlySet<number> = new Set(
  (
    [
      'leftEyeOuter',
      'leftEyeInner',
      'rightEyeInner',
      'rightEyeOuter',
      'noseTip',
      'mouthLeft',
      'mouthRight',
      'chin',
      'forehead',
      'leftCheek',
      'rightCheek',
    ] as const
  ).map((name) => NAMED_LANDMARKS[name]),
);

/** True for irises: they follow the eye, not the skin. */
function isIris(landmark: number): boolean {
  return landmark >= 468;
}

/**
 * A whole face from a few points placed by hand, for pictures in which no detector finds one: the average head is posed to
 * match them, then bent so that every placed point lies exactly where it was put. Irises that weren't placed look straight ahead.
 *
 * @param named - at least the required points
 */
export function faceFromNamedPoints(named: NamedPoints): FaceLandmarks {
  const placed = placedPoints(named);
  const pose = fitPose(placed.filter(({ landmark }) => POSE_LANDMARKS.has(landmark)));
  const points = poseCanonical(pose);
  const averageWidths = EYES.map((eye) => eyeWidth(points, eye));
  bendTo(points, placed);
  EYES.forEach((eye, i) => setIris(points, eye, pose, eyeWidth(points, eye) / averageWidths[i]!, placed));
  return { points, rotation: pose.rotation, box: boundingBox(points) };
}

/**
 * Moves some points of a face to where they were placed; the skin around follows smoothly, an iris moves as one.
 *
 * @param points - `[478, 3]` pixels, changed in place
 */
export function correctPoints(points: Float32Array, named: NamedPoints): void {
  const placed = placedPoints(named);
  const irises = EYES.map((eye) => eye.iris.map((landmark) => [points[3 * landmark]!, points[3 * landmark + 1]!] as const));
  bendTo(points, placed);
  EYES.forEach((eye, e) => {
    const target = placed.find(({ landmark }) => landmark === eye.iris[0]);
    if (!target) return;
    const [x, y] = irises[e]![0]!;
    eye.iris.forEach((landmark, i) => {
      points[3 * landmark] = irises[e]![i]![0] + target.x - x;
      points[3 * landmark + 1] = irises[e]![i]![1] + target.y - y;
    });
  });
}

function bendTo(points: Float32Array, placed: ReturnType<typeof placedPoints>): void {
  const skin = placed.filter(({ landmark }) => !isIris(landmark));
  bend(
    points,
    skin.map(({ landmark, x, y }) => ({ landmark, dx: x - points[3 * landmark]!, dy: y - points[3 * landmark + 1]! })),
  );
  // Bending moves in single precision; the placed points themselves are to be exact.
  for (const { landmark, x, y } of skin) {
    points[3 * landmark] = x;
    points[3 * landmark + 1] = y;
  }
}

/**
 * A round iris in the plane of the face, where it was placed or amid the lids.
 *
 * @param widening - width of this eye over that of the average head's
 */
function setIris(
  points: Float32Array,
  eye: EyeTopology,
  { rotation, scale }: HeadPose,
  widening: number,
  placed: ReturnType<typeof placedPoints>,
): void {
  const contour = eyeContour(eye);
  const centre: [number, number, number] = [0, 0, 0];
  for (const i of contour) for (let k = 0; k < 3; k++) centre[k]! += points[3 * i + k]! / contour.length;
  const target = placed.find(({ landmark }) => landmark === eye.iris[0]);
  if (target) {
    centre[0] = target.x;
    centre[1] = target.y;
  }
  const pixels = IRIS_RADIUS * scale * widening;
  placeIris(
    points,
    eye,
    centre,
    [rotation[0]! * pixels, rotation[3]! * pixels, rotation[6]! * pixels],
    [rotation[1]! * pixels, rotation[4]! * pixels, rotation[7]! * pixels],
  );
}

function eyeWidth(points: Float32Array, { corners: [a, b] }: EyeTopology): number {
  return Math.hypot(points[3 * a]! - points[3 * b]!, points[3 * a + 1]! - points[3 * b + 1]!);
}

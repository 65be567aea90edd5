import type { Frame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import { eyeDistance } from '../geometry/face-bounds.js';
import { toHeadAngles } from '../geometry/rotation.js';
import { gatherEvidence } from './evidence.js';
import type { FaceEvidence } from './evidence.js';

/** Why a portrait may not come out well. @public */
export const FACE_WARNINGS = ['PROFILE', 'STEEP_ANGLE', 'CUT_OFF', 'SMALL_FACE', 'MOUTH_HIDDEN', 'EYES_HIDDEN', 'GLASSES'] as const;
/** @public */
export type FaceWarningCode = (typeof FACE_WARNINGS)[number];

/** A reason to expect less from a portrait. @public */
export interface FaceWarning {
  readonly code: FaceWarningCode;
  /** One sentence for people. */
  readonly message: string;
}

/** Degrees. Beyond these the far half of the face, or what lies under the chin or the brow, isn't in the picture. */
const MAX_YAW = 35;
const MAX_PITCH = 30;
/** Pixels across the face's box. */
const SMALL_WIDTH = 64;
/** Part of the points outside the picture. */
const CUT_PART = 0.05;
/** Pixels between the outer eye corners: below that, a lip line is less than a pixel and pixels prove nothing. */
const EVIDENCE_UNIT = 20;

/**
 * What is unusual about a face, from its pose and from the pixels. Thresholds of the pixel measures lie between those of
 * 121 uncovered faces (two people in three clips, and the Mona Lisa at three sizes) and of the same faces covered by drawn hands, veils, beards,
 * blindfolds and glasses (docs/landmarks.md).
 */
export function assessFace(face: FaceLandmarks, frame: Frame): readonly FaceWarning[] {
  const warnings: FaceWarning[] = [];
  const warn = (code: FaceWarningCode, message: string): void => void warnings.push({ code, message });
  const { yaw, pitch } = toHeadAngles(face.rotation);
  const profile = Math.abs(yaw) > MAX_YAW;
  const steep = Math.abs(pitch) > MAX_PITCH;
  if (profile) warn('PROFILE', `The head is turned ${Math.abs(yaw).toFixed(0)} degrees; its far side can't be shown, so keep the driver's turns small.`);
  if (steep) warn('STEEP_ANGLE', `The head is tilted ${pitch > 0 ? 'back' : 'forward'} by ${Math.abs(pitch).toFixed(0)} degrees (pitch); features may look foreshortened.`);
  if (outsidePart(face.points, frame) > CUT_PART) warn('CUT_OFF', 'Part of the face lies outside the picture.');
  if (face.box.width < SMALL_WIDTH) warn('SMALL_FACE', `The face is only ${face.box.width.toFixed(0)} pixels wide; use a larger scan if there is one.`);
  if (!profile && !steep && eyeDistance(face.points) >= EVIDENCE_UNIT) {
    const evidence = gatherEvidence(face.points, frame);
    const veiled = mouthHidden(evidence);
    if (veiled) warn('MOUTH_HIDDEN', 'The mouth seems to be covered (hand, veil, mask or beard); its movement will drag the cover along.');
    // The upper hem of a mask looks like the rims of glasses.
    if (eyesHidden(evidence)) warn('EYES_HIDDEN', 'The eyes seem to be covered or behind dark glasses; gaze and blinks will not be believable.');
    else if (!veiled && glasses(evidence)) warn('GLASSES', 'The sitter seems to wear glasses; lids and frames may move together.');
  }
  return warnings;
}

/** Uncovered: line 0.25 to 0.70, redness 0.03 to 0.15. Covered: line 0 to 0.12 (beard, veil, mask); a hand up to 0.3, but not red. */
function mouthHidden({ lipLine, lipRedness }: FaceEvidence): boolean {
  return lipLine < 0.17 || (lipLine < 0.3 && lipRedness !== undefined && lipRedness < 0.015);
}

/** Uncovered: lids 0.50 to 0.89 as bright as the skin, contrast from 0.20 (closed) up. Dark glasses: lids below 0.15; cloth: above 1.1. */
function eyesHidden({ upperLids, lowerLids, eyeContrast }: FaceEvidence): boolean {
  return (upperLids + lowerLids) / 2 < 0.33 || upperLids > 1.1 || eyeContrast < 0.14;
}

/** Uncovered: bridge up to 0.11, rim up to 0.14. Thin rims: from 0.23 and 0.19. */
function glasses({ bridgeLine, rimLine }: FaceEvidence): boolean {
  return bridgeLine > 0.17 && rimLine > 0.165;
}

function outsidePart(points: Float32Array, { width, height }: Frame): number {
  let outside = 0;
  for (let i = 0; i < points.length; i += 3) {
    if (points[i]! < 0 || points[i]! >= width || points[i + 1]! < 0 || points[i + 1]! >= height) outside++;
  }
  return outside / (points.length / 3);
}

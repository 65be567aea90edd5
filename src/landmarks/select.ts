import { VivantError } from '../core/errors.js';
import type { FaceLandmarks } from '../core/landmarks.js';

/** Largest box first. */
export function sortFaces(faces: readonly FaceLandmarks[]): readonly FaceLandmarks[] {
  return [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
}

/**
 * Picks one of the faces that a detector found (sorted by area, largest first).
 *
 * @param choice - `'largest'` or a 0-based index
 * @throws VivantError NO_FACE when there is none, FACE_INDEX when the index isn't among them
 */
export function selectFace(faces: readonly FaceLandmarks[], choice: 'largest' | number): FaceLandmarks {
  if (faces.length === 0) {
    throw new VivantError(
      'NO_FACE',
      'Expected a face but found none, also after zooming in. Use a clearer or larger picture, or place the face by hand: "vivant faces IMAGE --out points.json", then "--landmarks points.json".',
      { details: { faces: 0 } },
    );
  }
  const face = faces[choice === 'largest' ? 0 : choice];
  if (!face) {
    throw new VivantError(
      'FACE_INDEX',
      `Expected a face index from 0 to ${faces.length - 1} but received ${choice}. List the faces with "vivant faces".`,
      { details: { faces: faces.length, index: choice } },
    );
  }
  return face;
}

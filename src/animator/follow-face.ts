import type { FaceLandmarks } from '../core/landmarks.js';

/** In company, a face further from the last one than this many of its own widths is somebody else. */
const LARGEST_JUMP = 1.5;

/** Centre of a face's box, pixels. */
function centre(face: FaceLandmarks): readonly [number, number] {
  return [face.box.x + face.box.width / 2, face.box.y + face.box.height / 2];
}

/** Picks one person's face out of each frame's faces; `undefined` when that person isn't seen. */
export type FaceFollower = (faces: readonly FaceLandmarks[]) => FaceLandmarks | undefined;

/**
 * Keeps to one person in a driver that may show several: first the face that `choose` picks, then the one nearest to
 * where it was. `choose` returns `undefined` while its face isn't there yet.
 */
export function createFaceFollower(choose: FaceFollower): FaceFollower {
  let last: FaceLandmarks | undefined;
  let company = false;
  return (faces) => {
    if (faces.length === 0) return undefined;
    company ||= faces.length > 1;
    if (last === undefined) {
      last = choose(faces);
      return last;
    }
    const [x, y] = centre(last);
    const distance = (face: FaceLandmarks): number => Math.hypot(centre(face)[0] - x, centre(face)[1] - y);
    const nearest = faces.reduce((best, face) => (distance(face) < distance(best) ? face : best));
    if (company && distance(nearest) > LARGEST_JUMP * last.box.width) return undefined;
    last = nearest;
    return nearest;
  };
}

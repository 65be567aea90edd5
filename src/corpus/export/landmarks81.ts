/**
 * The 81 points of dlib's `shape_predictor_81_face_landmarks`, each as the nearest vertex of MediaPipe's mesh: the 68 points of
 * iBUG 300-W, then 13 along the forehead (docs/corpus.md). Left and right are the picture's.
 */
export const LANDMARKS_81: readonly number[] = [
  // 0-16: jaw, from the left temple over the chin to the right one
  127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356,
  // 17-21, 22-26: brows
  71, 63, 105, 66, 107, 336, 296, 334, 293, 301,
  // 27-30: bridge of the nose down to its tip; 31-35: its base
  168, 197, 5, 4, 75, 97, 2, 326, 305,
  // 36-41, 42-47: lids
  33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
  // 48-59: outer lips; 60-67: inner lips
  61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
  // 68-80: forehead. From left to right the predictor's own order is 77 75 76 68 69 70 71 80 72 73 79 74 78
  103, 67, 109, 10, 297, 332, 251, 21, 54, 162, 389, 284, 338,
];

/** Points of the 81 by which DeepfakeBench aligns a face: upper lids of both eyes, tip of the nose, upper and lower lip at the sides. */
export const ALIGNED_FIVE: readonly number[] = [37, 44, 30, 49, 55];

/**
 * Picks the 81 points.
 *
 * @param points - `[478, 3]` pixels
 * @returns `[81, 2]` pixels
 */
export function pick81(points: Float32Array): Float32Array {
  const picked = new Float32Array(2 * LANDMARKS_81.length);
  for (const [i, vertex] of LANDMARKS_81.entries()) {
    picked[2 * i] = points[3 * vertex]!;
    picked[2 * i + 1] = points[3 * vertex + 1]!;
  }
  return picked;
}

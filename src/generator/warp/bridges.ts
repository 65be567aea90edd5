import { EYES, INNER_LIP_LOWER, INNER_LIP_UPPER } from '../../geometry/face-topology.js';

/** Strips that bridge mouth and eyes, contour to contour; a Delaunay triangulation degenerates where they touch. */
export function bridgeTriangles(): number[] {
  const out: number[] = [];
  const strip = (upper: readonly number[], lower: readonly number[]): void => {
    for (let i = 0; i + 1 < upper.length; i++) {
      if (i > 0) out.push(upper[i]!, upper[i + 1]!, lower[i]!);
      if (i + 2 < upper.length || i === 0) out.push(upper[i + 1]!, lower[i + 1]!, lower[i]!);
    }
  };
  strip(INNER_LIP_UPPER, INNER_LIP_LOWER);
  for (const eye of EYES) strip(eye.upper, eye.lower);
  return out;
}

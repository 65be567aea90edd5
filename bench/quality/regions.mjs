// Mouth, eyes, skin and face as masks, from the landmarks of the ground truth.
import { EYES, FACE_OVAL, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../../dist/geometry/face-topology.js';

export const REGIONS = ['face', 'mouth', 'eyes', 'skin'];
/** How far the mouth's region reaches beyond the outer border of the lips, in widths of the mouth. */
const MOUTH_MARGIN = 0.12;
/** How far an eye's region reaches beyond the ring around the lids, in widths of the eye. */
const EYE_MARGIN = 0.08;
/** Space around the face's outline in the crop, in sizes of the face. */
const CROP_MARGIN = 0.06;

const LIPS = [...OUTER_LIP_UPPER, ...[...OUTER_LIP_LOWER].reverse().slice(1, -1)];
const EYE_RINGS = EYES.map((eye) => [...eye.upperRing, ...[...eye.lowerRing].reverse().slice(1, -1)]);

/** Rectangle of whole pixels around the face, inside a picture of that size. */
export function faceCrop(points, width, height) {
  const xs = FACE_OVAL.map((i) => points[3 * i]);
  const ys = FACE_OVAL.map((i) => points[3 * i + 1]);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const margin = CROP_MARGIN * Math.max(x1 - x0, y1 - y0);
  const left = Math.max(0, Math.floor(x0 - margin));
  const top = Math.max(0, Math.floor(y0 - margin));
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.min(width, Math.ceil(x1 + margin)) - left),
    height: Math.max(1, Math.min(height, Math.ceil(y1 + margin)) - top),
  };
}

/**
 * Masks `[crop.height * crop.width]`, 0 or 1. Skin is the face without mouth and eyes.
 *
 * @param inside - `[height * width]` of the whole picture: 0 where there is no ground truth
 */
export function regionMasks(points, crop, inside, width) {
  const contour = (indices) => indices.map((i) => [points[3 * i] - crop.x, points[3 * i + 1] - crop.y]);
  const span = (a, b) => Math.hypot(points[3 * a] - points[3 * b], points[3 * a + 1] - points[3 * b + 1]);
  const blank = () => new Float32Array(crop.width * crop.height);
  const face = fill(contour(FACE_OVAL), crop, blank());
  const mouth = fill(grow(contour(LIPS), MOUTH_MARGIN * span(61, 291)), crop, blank());
  const eyes = blank();
  EYES.forEach(({ corners }, k) => fill(grow(contour(EYE_RINGS[k]), EYE_MARGIN * span(...corners)), crop, eyes));
  const skin = blank();
  for (let y = 0, i = 0; y < crop.height; y++) {
    for (let x = 0; x < crop.width; x++, i++) {
      if (inside[(y + crop.y) * width + x + crop.x] === 0) face[i] = mouth[i] = eyes[i] = 0;
      skin[i] = face[i] === 1 && mouth[i] === 0 && eyes[i] === 0 ? 1 : 0;
    }
  }
  return { face, mouth, eyes, skin };
}

/** Moves every corner away from the middle by `margin` pixels. */
function grow(polygon, margin) {
  const cx = polygon.reduce((sum, [x]) => sum + x, 0) / polygon.length;
  const cy = polygon.reduce((sum, [, y]) => sum + y, 0) / polygon.length;
  return polygon.map(([x, y]) => {
    const length = Math.max(1e-6, Math.hypot(x - cx, y - cy));
    return [x + (margin * (x - cx)) / length, y + (margin * (y - cy)) / length];
  });
}

/** Fills a polygon with 1 (even-odd, pixel centres at whole numbers). */
function fill(polygon, { width, height }, mask) {
  for (let y = 0; y < height; y++) {
    const cuts = [];
    for (let i = 0; i < polygon.length; i++) {
      const [ax, ay] = polygon[i];
      const [bx, by] = polygon[(i + 1) % polygon.length];
      if (ay <= y !== by <= y) cuts.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
    }
    cuts.sort((a, b) => a - b);
    for (let c = 0; c + 1 < cuts.length; c += 2) {
      const from = Math.max(0, Math.ceil(cuts[c]));
      const to = Math.min(width - 1, Math.floor(cuts[c + 1]));
      for (let x = from; x <= to; x++) mask[y * width + x] = 1;
    }
  }
  return mask;
}

/** The crop of an RGBA picture, `[crop.height * crop.width, 4]`. */
export function cropPixels({ data, width }, crop) {
  const out = new Uint8ClampedArray(4 * crop.width * crop.height);
  for (let y = 0; y < crop.height; y++) {
    const from = 4 * ((y + crop.y) * width + crop.x);
    out.set(data.subarray(from, from + 4 * crop.width), 4 * y * crop.width);
  }
  return out;
}

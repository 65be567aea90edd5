import type { FaceState } from '../../core/motion.js';

/** Chin points whose mean follows the jaw. */
const JAW_POINTS = [152, 148, 377, 175, 199, 200] as const;
const LIP_CORNERS = [78, 308] as const;
const MOUTH_CORNERS = [61, 291] as const;

/**
 * A face's mouth at rest: where the teeth hang from the skull, in canonical head units. One unit of mouth coordinates is the
 * width of the mouth at rest; u runs to image right, v down, (0, 0) is the middle of the closed lips.
 */
export interface MouthRest {
  /** `[3]` canonical position of the middle between the inner lip corners. */
  readonly anchor: readonly [number, number, number];
  /** Canonical units per mouth width. */
  readonly width: number;
  /** `[3]` canonical mean of the jaw points. */
  readonly jaw: readonly [number, number, number];
}

/** Measures the mouth of a face at rest. */
export function mouthRest(state: FaceState): MouthRest {
  const c = state.canonical;
  const [a, b] = MOUTH_CORNERS;
  const width = Math.hypot(c[a * 3]! - c[b * 3]!, c[a * 3 + 1]! - c[b * 3 + 1]!, c[a * 3 + 2]! - c[b * 3 + 2]!);
  return { anchor: mean(c, LIP_CORNERS), width, jaw: mean(c, JAW_POINTS) };
}

/** Affine map from mouth coordinates to pixels: `x = xu*u + xv*v + x0`, `y = yu*u + yv*v + y0`. */
export interface LayerMap {
  xu: number;
  xv: number;
  x0: number;
  yu: number;
  yv: number;
  y0: number;
}

export function createLayerMap(): LayerMap {
  return { xu: 1, xv: 0, x0: 0, yu: 0, yv: 1, y0: 0 };
}

/**
 * Where a rigid layer of the mouth lies in the picture.
 *
 * @param layer - `upper` hangs from the skull, `lower` moves with the jaw.
 * @param depth - mouth widths behind the lips.
 */
export function layerMap(state: FaceState, rest: MouthRest, layer: 'upper' | 'lower', depth: number, out: LayerMap): LayerMap {
  const { rotation: R, scale: s, centre: t } = state;
  const k = s * rest.width;
  let [x, y, z] = rest.anchor;
  z += depth * rest.width;
  if (layer === 'lower') {
    const jaw = mean(state.canonical, JAW_POINTS);
    x += jaw[0] - rest.jaw[0];
    y += jaw[1] - rest.jaw[1];
    z += jaw[2] - rest.jaw[2];
  }
  out.xu = R[0]! * k;
  out.xv = R[1]! * k;
  out.yu = R[3]! * k;
  out.yv = R[4]! * k;
  out.x0 = t[0]! + s * (R[0]! * x + R[1]! * y + R[2]! * z);
  out.y0 = t[1]! + s * (R[3]! * x + R[4]! * y + R[5]! * z);
  return out;
}

function mean(canonical: Float32Array, indices: readonly number[]): readonly [number, number, number] {
  let x = 0;
  let y = 0;
  let z = 0;
  for (const i of indices) {
    x += canonical[i * 3]!;
    y += canonical[i * 3 + 1]!;
    z += canonical[i * 3 + 2]!;
  }
  return [x / indices.length, y / indices.length, z / indices.length];
}

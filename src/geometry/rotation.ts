/**
 * Rotations in three dimensions. Matrices are `[3, 3]` row-major and act on column vectors.
 * Axes are the image's: x right, y down, z away from the camera.
 */

/** Anything that holds nine (matrix) or three (vector) numbers. */
export type Numbers = ArrayLike<number>;

/** Angles of a head, degrees. */
export interface HeadAngles {
  /** Positive: the nose points to the right of the image. */
  readonly yaw: number;
  /** Positive: the nose points down. */
  readonly pitch: number;
  /** Positive: the head leans clockwise in the image. */
  readonly roll: number;
}

const DEGREES = 180 / Math.PI;

/** A new identity matrix. */
export function identityRotation(): Float32Array {
  return Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
}

/** `a * b`. `out` may be neither `a` nor `b`. */
export function multiply(a: Numbers, b: Numbers, out: Float32Array = new Float32Array(9)): Float32Array {
  for (let row = 0; row < 9; row += 3) {
    for (let column = 0; column < 3; column++) {
      out[row + column] = a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
    }
  }
  return out;
}

/** The transpose, which is the inverse of a rotation. */
export function transpose(m: Numbers): Float32Array {
  return Float32Array.of(m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!);
}

/** `matrix * [x, y, z]`. */
export function apply(m: Numbers, x: number, y: number, z: number): [number, number, number] {
  return [m[0]! * x + m[1]! * y + m[2]! * z, m[3]! * x + m[4]! * y + m[5]! * z, m[6]! * x + m[7]! * y + m[8]! * z];
}

/** Rotation by `|vector|` radians about the axis `vector` (Rodrigues' formula). */
export function fromRotationVector(vector: Numbers): Float32Array {
  const [x, y, z] = [vector[0]!, vector[1]!, vector[2]!];
  const angle = Math.hypot(x, y, z);
  // sin(a)/a and (1 - cos(a))/a^2, by their series where the quotients lose their digits.
  const a = angle < 1e-4 ? 1 - (angle * angle) / 6 : Math.sin(angle) / angle;
  const b = angle < 1e-4 ? 0.5 - (angle * angle) / 24 : (1 - Math.cos(angle)) / (angle * angle);
  return Float32Array.of(
    1 - b * (y * y + z * z), b * x * y - a * z, b * x * z + a * y,
    b * x * y + a * z, 1 - b * (x * x + z * z), b * y * z - a * x,
    b * x * z - a * y, b * y * z + a * x, 1 - b * (x * x + y * y),
  );
}

/** The rotation vector (axis times angle in radians, 0..pi) of a matrix; inverse of {@link fromRotationVector}. */
export function toRotationVector(m: Numbers): [number, number, number] {
  const q = toQuaternion(m);
  const sine = Math.hypot(q[1], q[2], q[3]);
  if (sine < 1e-12) return [0, 0, 0];
  const factor = (2 * Math.atan2(sine, q[0])) / sine;
  return [q[1] * factor, q[2] * factor, q[3] * factor];
}

/** Unit quaternion `[w, x, y, z]` with `w >= 0` (Shepperd's method: divides by the largest component). */
export function toQuaternion(m: Numbers): [number, number, number, number] {
  const [xx, yy, zz] = [m[0]!, m[4]!, m[8]!];
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const wx = m[7]! - m[5]!;
  const wy = m[2]! - m[6]!;
  const wz = m[3]! - m[1]!;
  const xy = m[1]! + m[3]!;
  const xz = m[2]! + m[6]!;
  const yz = m[5]! + m[7]!;
  const big = squares[largest]!;
  const q: [number, number, number, number] =
    largest === 0 ? [big, wx, wy, wz] : largest === 1 ? [wx, big, xy, xz] : largest === 2 ? [wy, xy, big, yz] : [wz, xz, yz, big];
  const norm = Math.hypot(...q) * (q[0] < 0 ? -1 : 1);
  return [q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm];
}

/** Matrix of a unit quaternion `[w, x, y, z]`. */
export function fromQuaternion([w, x, y, z]: readonly [number, number, number, number]): Float32Array {
  return Float32Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  );
}

/** Constant-speed rotation from `a` (`t` = 0) to `b` (`t` = 1), the short way round. */
export function slerp(a: Numbers, b: Numbers, t: number): Float32Array {
  const step = toRotationVector(multiply(b, transpose(a)));
  return multiply(fromRotationVector([step[0] * t, step[1] * t, step[2] * t]), a);
}

/** Matrix of a head turned by `angles`: roll first, then pitch, then yaw. */
export function fromHeadAngles({ yaw, pitch, roll }: HeadAngles): Float32Array {
  const about = (x: number, y: number, z: number) => fromRotationVector([x / DEGREES, y / DEGREES, z / DEGREES]);
  return multiply(about(0, -yaw, 0), multiply(about(pitch, 0, 0), about(0, 0, roll)));
}

/** Angles of a head; inverse of {@link fromHeadAngles} for pitch within +-90 degrees. */
export function toHeadAngles(m: Numbers): HeadAngles {
  return {
    yaw: Math.atan2(-m[2]!, m[8]!) * DEGREES,
    pitch: Math.asin(Math.min(1, Math.max(-1, -m[5]!))) * DEGREES,
    roll: Math.atan2(m[3]!, m[4]!) * DEGREES,
  };
}

/**
 * The rotation R that brings `from` closest to `to` in the least-squares sense, both `[n, 3]`,
 * after their centroids and sizes are made equal (Horn, "Closed-form solution of absolute orientation", 1987).
 *
 * @param indices - rows to use
 */
export function fitRotation(from: Numbers, to: Numbers, indices: readonly number[]): Float32Array {
  const s = crossCovariance(from, to, indices);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as [number, number, number, number, number, number, number, number, number];
  return fromQuaternion(
    largestEigenvector([
      [xx + yy + zz, yz - zy, zx - xz, xy - yx],
      [yz - zy, xx - yy - zz, xy + yx, zx + xz],
      [zx - xz, xy + yx, yy - xx - zz, yz + zy],
      [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ]),
  );
}

/** Mean of the rows `indices` of `[n, 3]` points. */
export function centroid(points: Numbers, indices: readonly number[]): [number, number, number] {
  let [x, y, z] = [0, 0, 0];
  for (const i of indices) {
    x += points[3 * i]!;
    y += points[3 * i + 1]!;
    z += points[3 * i + 2]!;
  }
  return [x / indices.length, y / indices.length, z / indices.length];
}

function crossCovariance(from: Numbers, to: Numbers, indices: readonly number[]): Float64Array {
  const a = centroid(from, indices);
  const b = centroid(to, indices);
  const s = new Float64Array(9);
  for (const i of indices) {
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        s[3 * row + column]! += (from[3 * i + row]! - a[row]!) * (to[3 * i + column]! - b[column]!);
      }
    }
  }
  return s;
}

/** Cyclic Jacobi on a symmetric 4x4 matrix: converges in a handful of sweeps and has no special cases. */
function largestEigenvector(m: number[][]): [number, number, number, number] {
  const v = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const off = m[p]![q]!;
        if (off === 0) continue;
        const theta = (m[q]![q]! - m[p]![p]!) / (2 * off);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let k = 0; k < 4; k++) rotatePair(m[k]!, p, q, c, s);
        for (let k = 0; k < 4; k++) {
          const [a, b] = [m[p]![k]!, m[q]![k]!];
          m[p]![k] = c * a - s * b;
          m[q]![k] = s * a + c * b;
        }
        for (let k = 0; k < 4; k++) rotatePair(v[k]!, p, q, c, s);
      }
    }
  }
  let best = 0;
  for (let i = 1; i < 4; i++) if (m[i]![i]! > m[best]![best]!) best = i;
  const column = v.map((row) => row[best]!);
  const norm = Math.hypot(...column);
  return [column[0]! / norm, column[1]! / norm, column[2]! / norm, column[3]! / norm];
}

function rotatePair(row: number[], p: number, q: number, c: number, s: number): void {
  const [a, b] = [row[p]!, row[q]!];
  row[p] = c * a - s * b;
  row[q] = s * a + c * b;
}

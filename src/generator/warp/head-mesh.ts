import type { FaceState, TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { FACE_OVAL } from '../../geometry/face-topology.js';
import type { MeshPose } from '../../geometry/raster.js';
import { bridgeTriangles } from './bridges.js';
import { createRevealGuard } from './reveal.js';
import { RING_SCALES, ringBehaviour } from './rings.js';

const FACE_VERTICES = 468;
const OVAL = FACE_OVAL.length;
/** Ring vertices near the picture's border fade to rest over this share of the face's height. */
const BORDER_FADE = 0.3;

/** The sitter's head as a mesh: the 468 face points, then rings of 36 points around them. */
export interface HeadMesh extends MeshPose {
  /** `[n, 3]` vertex indices: rings, then skin, then the strips that bridge eyes and mouth. */
  readonly triangles: Uint16Array;
  /** Moves the target side of the mesh. */
  pose(target: TargetFace): void;
  /** Output pixels that can move: `[left, top, right, bottom]`, exclusive at right and bottom. */
  readonly region: readonly [number, number, number, number];
}

/** Builds the mesh of one photo; source and target sides start equal. */
export function createHeadMesh(photo: SourcePhoto): HeadMesh {
  const count = FACE_VERTICES + OVAL * RING_SCALES.length;
  const sourceX = new Float32Array(count);
  const sourceY = new Float32Array(count);
  const { points, state } = photo;
  for (let i = 0; i < FACE_VERTICES; i++) {
    sourceX[i] = points[i * 3]!;
    sourceY[i] = points[i * 3 + 1]!;
  }
  const rings = createRings(photo, sourceX, sourceY);
  const faceWidth = Math.hypot(points[454 * 3]! - points[234 * 3]!, points[454 * 3 + 1]! - points[234 * 3 + 1]!);
  const reveal = createRevealGuard(state.canonical, state.rotation, faceWidth, sourceX.slice(), sourceY.slice());
  const targetX = sourceX.slice();
  const targetY = sourceY.slice();
  const targetZ = new Float32Array(count);
  const mesh: HeadMesh = {
    sourceX,
    sourceY,
    targetX,
    targetY,
    targetZ,
    triangles: Uint16Array.from([...ringTriangles(), ...CANONICAL_TRIANGLES, ...bridgeTriangles()]),
    region: regionOf(photo, sourceX, sourceY),
    pose(target) {
      for (let i = 0; i < FACE_VERTICES; i++) {
        targetX[i] = target.points[i * 3]!;
        targetY[i] = target.points[i * 3 + 1]!;
        targetZ[i] = target.points[i * 3 + 2]!;
      }
      reveal.apply(target.rotation, sourceX, sourceY);
      poseRings(rings, state, target, mesh);
    },
  };
  return mesh;
}

interface Rings {
  /** `[rings * 36, 3]` canonical head units. */
  readonly canonical: Float32Array;
  readonly rigid: Float32Array;
  readonly expression: Float32Array;
}

function createRings(photo: SourcePhoto, sourceX: Float32Array, sourceY: Float32Array): Rings {
  const { canonical: face, rotation: R, scale, centre } = photo.state;
  const { width, height } = photo.frame;
  const middle = ovalCentre(face);
  const faceHeight = Math.abs(face[152 * 3 + 1]! - face[10 * 3 + 1]!) * scale;
  const total = OVAL * RING_SCALES.length;
  const canonical = new Float32Array(total * 3);
  const rigid = new Float32Array(total);
  const expression = new Float32Array(total);
  for (let r = 0; r < RING_SCALES.length; r++) {
    for (let i = 0; i < OVAL; i++) {
      const v = FACE_OVAL[i]! * 3;
      const k = r * OVAL + i;
      const dx = face[v]! - middle[0];
      const dy = face[v + 1]! - middle[1];
      const ring = RING_SCALES[r]!;
      const behaviour = ringBehaviour(ring, -dy / Math.hypot(dx, dy));
      const x = middle[0] + dx * ring;
      const y = middle[1] + dy * ring;
      const z = face[v + 2]! + behaviour.depth;
      canonical[k * 3] = x;
      canonical[k * 3 + 1] = y;
      canonical[k * 3 + 2] = z;
      // The source side is drawn at the outline's own depth: a deep ring seen at an angle must not cross the outline.
      const zs = face[v + 2]!;
      const px = centre[0]! + scale * (R[0]! * x + R[1]! * y + R[2]! * zs);
      const py = centre[1]! + scale * (R[3]! * x + R[4]! * y + R[5]! * zs);
      sourceX[FACE_VERTICES + k] = px;
      sourceY[FACE_VERTICES + k] = py;
      const border = Math.max(0, Math.min(px, py, width - 1 - px, height - 1 - py)) / (BORDER_FADE * faceHeight);
      const inside = Math.min(1, border);
      const last = r === RING_SCALES.length - 1 ? 0 : inside * inside * (3 - 2 * inside);
      rigid[k] = behaviour.rigid * last;
      expression[k] = behaviour.expression * last;
    }
  }
  return { canonical, rigid, expression };
}

/** Moves each ring vertex by its share of the head's rigid motion and of the outline's expression. */
function poseRings(rings: Rings, source: FaceState, target: TargetFace, mesh: HeadMesh): void {
  const { sourceX, sourceY, targetX, targetY, targetZ } = mesh;
  const Rs = source.rotation;
  const Rt = target.rotation;
  const ss = source.scale;
  const st = target.scale;
  const cs = source.centre;
  const ct = target.centre;
  for (let k = 0; k < rings.rigid.length; k++) {
    const x = rings.canonical[k * 3]!;
    const y = rings.canonical[k * 3 + 1]!;
    const z = rings.canonical[k * 3 + 2]!;
    const w = rings.rigid[k]!;
    const moveX = ct[0]! - cs[0]! + st * (Rt[0]! * x + Rt[1]! * y + Rt[2]! * z) - ss * (Rs[0]! * x + Rs[1]! * y + Rs[2]! * z);
    const moveY = ct[1]! - cs[1]! + st * (Rt[3]! * x + Rt[4]! * y + Rt[5]! * z) - ss * (Rs[3]! * x + Rs[4]! * y + Rs[5]! * z);
    const o = FACE_OVAL[k % OVAL]! * 3;
    const dx = target.canonical[o]! - source.canonical[o]!;
    const dy = target.canonical[o + 1]! - source.canonical[o + 1]!;
    const e = rings.expression[k]! * st;
    const v = FACE_VERTICES + k;
    targetX[v] = sourceX[v]! + w * moveX + e * (Rt[0]! * dx + Rt[1]! * dy);
    targetY[v] = sourceY[v]! + w * moveY + e * (Rt[3]! * dx + Rt[4]! * dy);
    targetZ[v] = ct[2]! + st * (Rt[6]! * x + Rt[7]! * y + Rt[8]! * z);
  }
}

function ovalCentre(canonical: Float32Array): readonly [number, number] {
  let x = 0;
  let y = 0;
  for (const i of FACE_OVAL) {
    x += canonical[i * 3]! / OVAL;
    y += canonical[i * 3 + 1]! / OVAL;
  }
  return [x, y];
}

function ringTriangles(): number[] {
  const out: number[] = [];
  for (let r = RING_SCALES.length - 1; r >= 0; r--) {
    for (let i = 0; i < OVAL; i++) {
      const next = (i + 1) % OVAL;
      const a = r === 0 ? FACE_OVAL[i]! : FACE_VERTICES + (r - 1) * OVAL + i;
      const b = r === 0 ? FACE_OVAL[next]! : FACE_VERTICES + (r - 1) * OVAL + next;
      const c = FACE_VERTICES + r * OVAL + i;
      const d = FACE_VERTICES + r * OVAL + next;
      out.push(a, b, c, b, d, c);
    }
  }
  return out;
}

function regionOf(photo: SourcePhoto, x: Float32Array, y: Float32Array): readonly [number, number, number, number] {
  const { width, height } = photo.frame;
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < x.length; i++) {
    left = Math.min(left, x[i]!);
    right = Math.max(right, x[i]!);
    top = Math.min(top, y[i]!);
    bottom = Math.max(bottom, y[i]!);
  }
  return [
    Math.max(0, Math.floor(left)),
    Math.max(0, Math.floor(top)),
    Math.min(width, Math.ceil(right) + 1),
    Math.min(height, Math.ceil(bottom) + 1),
  ];
}

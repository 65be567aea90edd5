import type { Frame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import { CANONICAL_TRIANGLES } from '../geometry/canonical-mesh.js';
import { EYE_LEFT, EYE_RIGHT } from '../geometry/face-topology.js';

type Colour = readonly [number, number, number];

/** Of the mesh, the irises, and the box with its index. */
const MESH: Colour = [90, 230, 160];
const IRIS: Colour = [255, 200, 60];
const BOX: Colour = [255, 90, 90];
/** Share of the mesh in a pixel that it crosses, so that the picture stays visible below. */
const MESH_OPACITY = 0.55;

/** Draws mesh, irises and box of every face into `frame`. One notch at the top of the box for each face that is larger. */
export function drawFaces(frame: Frame, faces: readonly FaceLandmarks[]): void {
  faces.forEach(({ points, box }, index) => {
    const at = (i: number): readonly [number, number] => [points[3 * i]!, points[3 * i + 1]!];
    for (const [a, b] of meshEdges()) drawLine(frame, at(a), at(b), MESH, MESH_OPACITY);
    for (const { iris } of [EYE_LEFT, EYE_RIGHT]) {
      const rim = iris.slice(1);
      rim.forEach((point, k) => drawLine(frame, at(point), at(rim[(k + 1) % rim.length]!), IRIS, 1));
    }
    drawBox(frame, box, index);
  });
}

function drawBox(frame: Frame, { x, y, width, height }: FaceLandmarks['box'], notches: number): void {
  const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]] as const;
  corners.forEach((corner, k) => drawLine(frame, corner, corners[(k + 1) % 4]!, BOX, 1));
  const step = width / 16;
  for (let k = 1; k <= notches; k++) drawLine(frame, [x + k * step, y], [x + k * step, y + step], BOX, 1);
}

let edges: readonly (readonly [number, number])[] | undefined;

/** Every edge of the mesh once. */
function meshEdges(): readonly (readonly [number, number])[] {
  if (edges !== undefined) return edges;
  const seen = new Set<number>();
  const found: (readonly [number, number])[] = [];
  for (let t = 0; t < CANONICAL_TRIANGLES.length; t += 3) {
    for (let k = 0; k < 3; k++) {
      const a = CANONICAL_TRIANGLES[t + k]!;
      const b = CANONICAL_TRIANGLES[t + ((k + 1) % 3)]!;
      const key = Math.min(a, b) * 1000 + Math.max(a, b);
      if (seen.has(key)) continue;
      seen.add(key);
      found.push([a, b]);
    }
  }
  edges = found;
  return edges;
}

/** A line one pixel wide, clipped to the frame. */
function drawLine(frame: Frame, [x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number], colour: Colour, opacity: number): void {
  const { data, width, height } = frame;
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
  for (let s = 0; s <= steps; s++) {
    const x = Math.round(x0 + ((x1 - x0) * s) / steps);
    const y = Math.round(y0 + ((y1 - y0) * s) / steps);
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    const i = (y * width + x) * 4;
    for (let c = 0; c < 3; c++) data[i + c] = data[i + c]! + opacity * (colour[c]! - data[i + c]!);
  }
}

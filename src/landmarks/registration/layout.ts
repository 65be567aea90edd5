import { AVERAGE_FACE, cellsInFace, createFaceGrid, insideFace } from '../../geometry/face-grid.js';
import { EYES, FACE_OVAL, INNER_LIP_LOWER, INNER_LIP_UPPER, OUTER_LIP_LOWER, OUTER_LIP_UPPER } from '../../geometry/face-topology.js';

/** Cells across the face: one is 1.4 % of its width. */
const COLS = 72;
/** Landmarks that say how the picture lies around one. */
const NEIGHBOURS = 14;
export const VERTICES = 468;

/** The average face from the front: pictures of skin are laid out on it, whoever they are of. */
export const LAYOUT = createFaceGrid(AVERAGE_FACE, insideFace, COLS);

/** `[468, 2]` cells: where each landmark lies. */
export const PLACES = Float32Array.from({ length: 2 * VERTICES }, (_, i) => {
  const axis = i % 2;
  return (AVERAGE_FACE[3 * (i >> 1) + axis]! - (axis === 0 ? LAYOUT.originX : LAYOUT.originY)) / LAYOUT.step;
});

/** Landmarks whose own contour the detector sees better than skin tells: outline, lids, lips. They stay. */
const KEPT = new Set<number>([
  ...FACE_OVAL, ...EYES.flatMap(({ upper, lower }) => [...upper, ...lower]), ...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER, ...INNER_LIP_UPPER, ...INNER_LIP_LOWER,
]);
/** Those that skin tells of. */
export const TOLD = Int32Array.from(Array(VERTICES).keys()).filter((vertex) => !KEPT.has(vertex));

const OPENINGS = [...EYES.map(({ upper, lower }) => [...upper, ...lower.slice().reverse()]), [...OUTER_LIP_UPPER, ...OUTER_LIP_LOWER.slice().reverse()]];
/** Less of a cell than this in the face: too near its outline. */
const INNER = 0.9;

/** The cells that show skin, away from outline, eyes and mouth. */
export const SKIN_CELLS = cellsInFace(LAYOUT).filter(
  (cell) => LAYOUT.mask[cell]! > INNER && !OPENINGS.some((loop) => within(loop, cell % LAYOUT.cols, Math.floor(cell / LAYOUT.cols))),
);

function within(loop: readonly number[], x: number, y: number): boolean {
  let inside = false;
  loop.forEach((vertex, i) => {
    const before = loop[(i + loop.length - 1) % loop.length]!;
    const [ax, ay, bx, by] = [PLACES[2 * before]!, PLACES[2 * before + 1]!, PLACES[2 * vertex]!, PLACES[2 * vertex + 1]!];
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
  });
  return inside;
}

/** What one cell to the right and one down are in pixels around a landmark, as sums over landmarks nearby (least squares). */
interface Surroundings {
  readonly vertices: Int32Array;
  /** `[NEIGHBOURS, 2]` factors of a neighbour's pixels. */
  readonly factors: Float32Array;
}

const SURROUNDINGS: readonly Surroundings[] = Array.from({ length: VERTICES }, (_, vertex) => {
  const apart = (other: number): number => Math.hypot(PLACES[2 * other]! - PLACES[2 * vertex]!, PLACES[2 * other + 1]! - PLACES[2 * vertex + 1]!);
  const vertices = Int32Array.from([...Array(VERTICES).keys()].sort((a, b) => apart(a) - apart(b)).slice(0, NEIGHBOURS));
  const mean = [0, 1].map((axis) => vertices.reduce((sum, other) => sum + PLACES[2 * other + axis]! / NEIGHBOURS, 0));
  const from = Array.from(vertices, (other) => [PLACES[2 * other]! - mean[0]!, PLACES[2 * other + 1]! - mean[1]!] as const);
  const sum = (product: (x: number, y: number) => number): number => from.reduce((total, [x, y]) => total + product(x, y), 0);
  const [xx, xy, yy] = [sum((x) => x * x), sum((x, y) => x * y), sum((_, y) => y * y)];
  const determinant = xx * yy - xy * xy;
  return { vertices, factors: Float32Array.from(from.flatMap(([x, y]) => [(x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant])) };
});

/** Adds a shift of `right` and `down` cells to landmark `vertex` of `out`, in the pixels of the face `points`. */
export function addShift(points: Float32Array, vertex: number, right: number, down: number, out: Float32Array): void {
  const { vertices, factors } = SURROUNDINGS[vertex]!;
  let x = 0;
  let y = 0;
  for (let k = 0; k < NEIGHBOURS; k++) {
    const share = factors[2 * k]! * right + factors[2 * k + 1]! * down;
    x += share * points[3 * vertices[k]!]!;
    y += share * points[3 * vertices[k]! + 1]!;
  }
  out[3 * vertex]! += x;
  out[3 * vertex + 1]! += y;
}

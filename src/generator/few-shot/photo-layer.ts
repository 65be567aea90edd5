import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { CANONICAL_TRIANGLES } from '../../geometry/canonical-mesh.js';
import { faceBounds, faceWidth } from '../../geometry/face-bounds.js';
import { createFlowField, resetFlow, type FlowField } from '../../geometry/flow-field.js';
import { between } from '../../geometry/plane.js';
import { rasteriseFlow, type MeshPose } from '../../geometry/raster.js';
import { EyePainter } from '../eyes/paint.js';
import { bridgeTriangles } from '../warp/bridges.js';
import { createFaceGrid, type FaceGrid } from '../../geometry/face-grid.js';
import type { GainMap } from '../sampler/gain-map.js';
import { samplePixel } from '../../geometry/sample-pixel.js';
import { matchColours } from './match-colours.js';
import { REGION_WEIGHTS, type PerRegion, type PhotoRegion } from './regions.js';

/** Cells across the face, as in the canvas' own warp. */
const CELLS = 200;
/** Space around the face at rest that it may move into, face sizes. */
const ROOM = 0.5;

/** Another photo of the sitter, laid over the canvas where it is the better source. */
export class PhotoLayer {
  /** In the canvas' colours. */
  readonly photo: SourcePhoto;
  /** Where the photo's pixels go in this frame; whole only inside the face. */
  readonly flow: FlowField;
  #eyes: EyePainter | undefined;
  readonly #mesh: MeshPose & { readonly targetX: Float32Array };
  readonly #depth: Float32Array;
  readonly #grid: FaceGrid;
  /** Of the grid's cells, by region. */
  readonly #masks: PerRegion<Float32Array>;
  /** Of all regions together, in one frame. */
  readonly #mask: Float32Array;

  /** @param canvas - the photo that is animated; colours are matched to it. */
  constructor(canvas: SourcePhoto, photo: SourcePhoto) {
    this.photo = { ...photo, frame: matchColours(photo, canvas) };
    const vertices = 468;
    const column = (k: number): Float32Array => Float32Array.from({ length: vertices }, (_, i) => photo.points[i * 3 + k]!);
    const blank = (): Float32Array => new Float32Array(vertices);
    this.#mesh = { sourceX: column(0), sourceY: column(1), targetX: blank(), targetY: blank(), targetZ: blank() };
    const [left, top, right, bottom] = faceRegion(canvas);
    this.flow = createFlowField(left, top, right - left, bottom - top, Math.max(1, faceWidth(canvas.points) / CELLS));
    this.#depth = new Float32Array(this.flow.cols * this.flow.rows);
    const grid = (region: PhotoRegion): FaceGrid => createFaceGrid(photo.points, (v) => REGION_WEIGHTS[region][v]!);
    this.#grid = grid('skin');
    this.#masks = { skin: this.#grid.mask, mouth: grid('mouth').mask, eyes: grid('eyes').mask };
    this.#mask = new Float32Array(this.#grid.mask.length);
  }

  /** Taking eyes apart costs more than all the rest: done when they lend for the first time. */
  get eyes(): EyePainter {
    return (this.#eyes ??= new EyePainter(this.photo));
  }

  /** Moves the photo's face to where the target's is. */
  pose(target: TargetFace): void {
    const { targetX, targetY, targetZ } = this.#mesh;
    for (let i = 0; i < targetX.length; i++) {
      targetX[i] = target.points[i * 3]!;
      targetY[i] = target.points[i * 3 + 1]!;
      targetZ[i] = target.points[i * 3 + 2]!;
    }
    resetFlow(this.flow);
    rasteriseFlow(this.#mesh, TRIANGLES, this.flow, this.#depth);
  }

  /** Blends the posed photo over `out`; `opacity` 0..1 by region, `gains` on the grid of {@link createFaceGrid}. */
  draw(opacity: PerRegion<number>, out: Frame, gains?: GainMap): void {
    const { skin, mouth, eyes } = this.#masks;
    const mask = this.#mask;
    for (let i = 0; i < mask.length; i++) mask[i] = opacity.skin * skin[i]! + opacity.mouth * mouth[i]! + opacity.eyes * eyes[i]!;
    blend(this.photo.frame, this.flow, this.#depth, this.#grid, mask, gains, out);
  }
}

const TRIANGLES = Uint16Array.from([...CANONICAL_TRIANGLES, ...bridgeTriangles()]);

function faceRegion({ points, frame }: SourcePhoto): readonly [number, number, number, number] {
  const { left, top, right, bottom } = faceBounds(points);
  const x = (right - left) * ROOM;
  const y = (bottom - top) * ROOM;
  return [
    Math.max(0, Math.floor(left - x)),
    Math.max(0, Math.floor(top - y)),
    Math.min(frame.width, Math.ceil(right + x)),
    Math.min(frame.height, Math.ceil(bottom + y)),
  ];
}

/** Samples `photo` through the flow, as opaque as the mask and as bright as the gains over the cells of `grid` (in the photo's pixels) say. */
function blend(photo: Frame, flow: FlowField, depth: Float32Array, grid: FaceGrid, mask: Float32Array, gains: GainMap | undefined, out: Frame): void {
  const { cols, rows, step } = flow;
  const rgb = [0, 0, 0];
  const right = Math.min(out.width, Math.floor(flow.originX + cols * step));
  const bottom = Math.min(out.height, Math.floor(flow.originY + rows * step));
  for (let y = flow.originY; y < bottom; y++) {
    const gy = Math.min(rows - 1.001, Math.max(0, (y - flow.originY + 0.5) / step - 0.5));
    for (let x = flow.originX; x < right; x++) {
      const gx = Math.min(cols - 1.001, Math.max(0, (x - flow.originX + 0.5) / step - 0.5));
      const c = (gy | 0) * cols + (gx | 0);
      if (depth[c] === Infinity || depth[c + cols + 1] === Infinity) continue;
      const fx = gx - (gx | 0);
      const fy = gy - (gy | 0);
      const sx = between(flow.x, c, 1, cols, fx, fy);
      const sy = between(flow.y, c, 1, cols, fx, fy);
      const mx = (sx - grid.originX) / grid.step;
      const my = (sy - grid.originY) / grid.step;
      if (mx < 0 || my < 0 || mx >= grid.cols - 1 || my >= grid.rows - 1) continue;
      const cell = (my | 0) * grid.cols + (mx | 0);
      const weight = between(mask, cell, 1, grid.cols, mx - (mx | 0), my - (my | 0));
      if (weight < 0.004) continue;
      samplePixel(photo, sx, sy, rgb);
      const o = (y * out.width + x) * 4;
      for (let k = 0; k < 3; k++) {
        const gain = gains === undefined ? 1 : between(gains.gain, 4 * cell + k, 4, 4 * grid.cols, mx - (mx | 0), my - (my | 0));
        out.data[o + k] = out.data[o + k]! * (1 - weight) + gain * rgb[k]! * weight;
      }
    }
  }
}

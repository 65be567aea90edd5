import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { faceWidth } from '../../geometry/face-bounds.js';
import { createFlowField, resetFlow, type FlowField } from '../../geometry/flow-field.js';
import { rasteriseFlow } from '../../geometry/raster.js';
import { createFlowSampler } from '../sampler.js';
import type { GainMap } from '../sampler/gain-map.js';
import { createHeadMesh } from './head-mesh.js';
import { softenSilhouettes } from './soften-silhouettes.js';

/** Cells across the face: enough for a lid, few enough for a CPU. */
const CELLS_ACROSS_FACE = 240;

/** Warps one photo of the sitter. */
export interface Warp {
  /** The flow of the last {@link Warp.field} call. */
  field(target: TargetFace): FlowField;
  /** Samples the photo through the last flow into `out`, everywhere (what can't move is copied). */
  apply(out: Frame, gains?: GainMap): void;
}

/**
 * Prepares mesh and buffers once; every frame after that allocates nothing. Never on a graphics card: to carry each picture there and
 * back took 3.6 times as long as this loop does all of it (H100, 512 x 512; docs/backends.md).
 */
export function createWarp(photo: SourcePhoto): Warp {
  const mesh = createHeadMesh(photo);
  const [left, top, right, bottom] = mesh.region;
  const step = Math.max(1, faceWidth(photo.points) / CELLS_ACROSS_FACE);
  const flow = createFlowField(left, top, right - left, bottom - top, step);
  const depth = new Float32Array(flow.cols * flow.rows);
  const sampler = createFlowSampler(photo.frame, flow);
  return {
    field(target) {
      mesh.pose(target);
      resetFlow(flow);
      rasteriseFlow(mesh, mesh.triangles, flow, depth);
      return flow;
    },
    apply(out, gains) {
      out.data.set(photo.frame.data);
      sampler.draw(out, gains);
      softenSilhouettes(flow, out);
    },
  };
}

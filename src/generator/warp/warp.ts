import type { Frame } from '../../core/frame.js';
import type { TargetFace } from '../../core/motion.js';
import type { SourcePhoto } from '../../core/ports.js';
import { createFlowField, resetFlow, type FlowField } from '../../geometry/flow-field.js';
import { rasteriseFlow } from '../../geometry/raster.js';
import { createFlowSampler } from '../sampler.js';
import { applyGains, type GainMap } from '../sampler/gain-map.js';
import { createTensorWarp } from '../tensor/tensor-warp.js';
import type { TensorBackend } from '../tensor/types.js';
import { createHeadMesh } from './head-mesh.js';
import { softenSilhouettes } from './soften-silhouettes.js';

/** Cells across the face: enough for a lid, few enough for a CPU. */
const CELLS_ACROSS_FACE = 240;

/** Warps one photo of the sitter. */
export interface Warp {
  /** The flow of the last {@link Warp.field} call. */
  field(target: TargetFace): FlowField;
  /** Samples the photo through the last flow into `out`, everywhere (what can't move is copied). */
  apply(out: Frame, gains?: GainMap): Promise<void>;
  close(): void;
}

/**
 * Prepares mesh and buffers once; every frame after that allocates nothing.
 *
 * @param backend - when it lives on a graphics card, sampling is done there; on a CPU a loop of our own is many times faster
 * than any tensor library.
 */
export function createWarp(photo: SourcePhoto, backend?: TensorBackend): Warp {
  const mesh = createHeadMesh(photo);
  const [left, top, right, bottom] = mesh.region;
  const faceWidth = Math.abs(photo.points[454 * 3]! - photo.points[234 * 3]!);
  const step = Math.max(1, faceWidth / CELLS_ACROSS_FACE);
  const flow = createFlowField(left, top, right - left, bottom - top, step);
  const depth = new Float32Array(flow.cols * flow.rows);
  const tensors = backend?.kind === 'gpu' ? createTensorWarp(backend, photo.frame) : undefined;
  const sampler = tensors ? undefined : createFlowSampler(photo.frame, flow);
  return {
    field(target) {
      mesh.pose(target);
      resetFlow(flow);
      rasteriseFlow(mesh, mesh.triangles, flow, depth);
      return flow;
    },
    async apply(out, gains) {
      out.data.set(photo.frame.data);
      sampler?.draw(out, gains);
      if (tensors) {
        await tensors.draw(flow, out);
        if (gains) applyGains(flow, gains, out);
      }
      softenSilhouettes(flow, out);
    },
    close: () => tensors?.dispose(),
  };
}

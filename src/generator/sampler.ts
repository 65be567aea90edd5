import type { Frame } from '../core/frame.js';
import type { FlowField } from '../geometry/flow-field.js';
import type { GainMap } from './sampler/gain-map.js';
import { createKernelSampler } from './sampler/kernel.js';
import { createPlainSampler, type FlowSampler } from './sampler/plain.js';

/** The fastest sampler for one picture and one field, whose cells may change from frame to frame. */
export function createFlowSampler(source: Frame, field: FlowField): FlowSampler {
  return createKernelSampler(source, field) ?? createPlainSampler(source, field);
}

/** Applies a flow to a picture once; see {@link FlowSampler.draw}. */
export function sampleFlow(source: Frame, field: FlowField, out: Frame, gains?: GainMap): void {
  createPlainSampler(source, field).draw(out, gains);
}

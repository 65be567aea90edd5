import { findPeer } from '../../backends/peer.js';
import { VivantError } from '../../core/errors.js';

/** The part of onnxruntime-node's API that is used, so that nobody needs its types. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(path: string, options: object): Promise<OnnxSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata?: readonly { readonly name: string; readonly isTensor: boolean; readonly type?: string; readonly shape?: readonly (number | string)[] }[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { readonly data: ArrayLike<number | bigint> }>>>;
  release(): Promise<void>;
}

/** @throws VivantError `PEER_MISSING` */
export function loadOnnxRuntime(): OnnxRuntime {
  const peer = findPeer('onnxruntime-node');
  const advice = 'In your project: npm install onnxruntime-node@1.30.0';
  if (peer === undefined) {
    throw new VivantError('PEER_MISSING', `Expected onnxruntime-node, which runs .onnx detectors, but it is not installed. ${advice}`, { details: { peer: 'onnxruntime-node' } });
  }
  try {
    return peer.require('onnxruntime-node') as OnnxRuntime;
  } catch (cause) {
    throw new VivantError('PEER_MISSING', `onnxruntime-node ${peer.version} is installed but does not load here: ${String(cause)}. ${advice}`, {
      details: { peer: 'onnxruntime-node' },
      cause,
    });
  }
}

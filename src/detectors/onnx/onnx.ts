import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { VivantError } from '../../core/errors.js';
import type { FrameDetector } from '../detector.js';
import { faceSquare } from '../face-square.js';
import { asAttackScore, detectorFailed } from '../failure.js';
import type { OnnxSpec } from '../spec.js';
import { loadOnnxRuntime, type OnnxSession } from './runtime.js';
import { toTensorInput, type InputLayout } from './tensor-input.js';

/**
 * Opens an ONNX model that takes one square face crop.
 *
 * @throws VivantError `PEER_MISSING`, `INPUT_NOT_FOUND`, `MODEL_CORRUPT`, `INVALID_OPTION`
 */
export async function openOnnxDetector(spec: OnnxSpec): Promise<FrameDetector> {
  const bytes = await readFile(spec.model).catch((cause: unknown) => {
    throw new VivantError('INPUT_NOT_FOUND', `Expected an ONNX model in ${spec.model} but the file can't be read.`, { details: { path: spec.model }, cause });
  });
  const runtime = loadOnnxRuntime();
  const session = await runtime.InferenceSession.create(spec.model, { logSeverityLevel: 3 }).catch((cause: unknown) => {
    throw new VivantError('MODEL_CORRUPT', `Expected an ONNX model in ${spec.model} but onnxruntime refused it: ${String(cause)}`, { details: { path: spec.model }, cause });
  });
  const layout = layoutOf(session, spec);
  const output = spec.output ?? session.outputNames[0]!;
  if (!session.outputNames.includes(output)) throw refused(spec, 'output', `one of ${session.outputNames.join(', ')}`, output);
  const { name, threshold } = spec;
  const fingerprint = createHash('sha256').update(JSON.stringify({ ...spec, model: undefined })).update(bytes).digest('hex');
  return {
    kind: 'frames',
    info: { name, threshold, fingerprint },
    async score({ frame, face }) {
      if (face === null) return null;
      const data = toTensorInput(frame, faceSquare(face, spec.margin), layout);
      const shape = layout.order === 'nchw' ? [1, 3, layout.side, layout.side] : [1, layout.side, layout.side, 3];
      const answer = await session.run({ [session.inputNames[0]!]: new runtime.Tensor('float32', data, shape) }).catch((cause: unknown) => {
        throw detectorFailed(name, `the model did not run: ${String(cause)}`, {}, cause);
      });
      const values = activated(Array.from(answer[output]!.data, Number), spec.activation);
      const score = values[spec.index];
      if (score === undefined || !Number.isFinite(score)) throw detectorFailed(name, `expected a number at index ${String(spec.index)} of output ${output} but received ${String(score)} of ${String(values.length)} values`);
      return asAttackScore(score, spec.scores);
    },
    close: () => session.release(),
  };
}

function layoutOf(session: OnnxSession, spec: OnnxSpec): InputLayout {
  const { channels, mean, std } = spec;
  const input = session.inputMetadata?.[0];
  const shape = input?.shape ?? [];
  const text = `[${shape.join(', ')}]`;
  if (session.inputNames.length !== 1 || shape.length !== 4 || (input?.type !== undefined && input.type !== 'float32')) {
    throw refused(spec, 'model', 'a model with one float32 input of four dimensions', `${String(session.inputNames.length)} inputs, the first ${input?.type ?? ''} ${text}`);
  }
  const order = shape[1] === 3 ? 'nchw' : shape[3] === 3 ? 'nhwc' : undefined;
  if (order === undefined) throw refused(spec, 'model', 'three colour channels in second or last place', text);
  const [height, width] = order === 'nchw' ? [shape[2], shape[3]] : [shape[1], shape[2]];
  if (typeof height === 'number' && height > 0 && typeof width === 'number' && width > 0) {
    if (height !== width) throw refused(spec, 'model', 'a square input', text);
    if (spec.side !== undefined && spec.side !== height) throw refused(spec, 'side', String(height), String(spec.side));
    return { side: height, order, channels, mean, std };
  }
  if (spec.side === undefined) throw refused(spec, 'side', `a detector file with \`side\`: the model leaves it open, ${text}`, 'none');
  return { side: spec.side, order, channels, mean, std };
}

function activated(values: readonly number[], activation: OnnxSpec['activation']): readonly number[] {
  if (activation === 'none') return values;
  if (activation === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)));
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function refused(spec: OnnxSpec, field: string, expected: string, received: string): VivantError {
  return new VivantError('INVALID_OPTION', `Detector ${spec.name} (${spec.model}), ${field}: expected ${expected} but received ${received}.`, { details: { path: spec.model, field } });
}

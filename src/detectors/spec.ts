import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { z } from 'zod';
import { VivantError } from '../core/errors.js';

const threshold = z.number().min(0).max(1);
const three = z.array(z.number()).length(3);
const common = {
  name: z.string().regex(/^[\w.-]{1,64}$/),
  /** Free text; change it when the detector changes in a way that its file or command doesn't show. */
  version: z.string().default(''),
  /** 0..1: a clip is called an attack when its score is at least this. */
  threshold: threshold.default(0.5),
  /** What a high score of the detector means. `real` scores are turned into attack scores by 1 - score. */
  scores: z.enum(['attack', 'real']).default('attack'),
};
const input = z.enum(['frames', 'video']).default('frames');
const timeoutSeconds = z.number().positive().max(86_400).default(60);

export const onnxSpec = z.strictObject({
  ...common,
  type: z.literal('onnx'),
  model: z.string(),
  /** Side of the crop, pixels, for models that leave it open. */
  side: z.int().min(8).max(2048).optional(),
  /** The crop's side over the face's longer side. */
  margin: z.number().min(0.5).max(5).default(1.4),
  channels: z.enum(['rgb', 'bgr']).default('rgb'),
  /** Network input = (value / 255 - mean) / std. */
  mean: three.default([0, 0, 0]),
  std: three.default([1, 1, 1]),
  /** Name of the output; default: the first. */
  output: z.string().optional(),
  activation: z.enum(['none', 'sigmoid', 'softmax']).default('none'),
  /** Which value of the output (after the activation) is the score. */
  index: z.int().nonnegative().default(0),
});
export const commandSpec = z.strictObject({ ...common, type: z.literal('command'), command: z.string().min(1), input, timeoutSeconds });
export const httpSpec = z.strictObject({ ...common, type: z.literal('http'), url: z.string(), input, timeoutSeconds });

/** A detector that isn't built in, as a detector file describes it. Paths are absolute. */
export const detectorSpec = z.discriminatedUnion('type', [onnxSpec, commandSpec, httpSpec]);
export type DetectorSpec = z.infer<typeof detectorSpec>;
export type OnnxSpec = z.infer<typeof onnxSpec>;
export type CommandSpec = z.infer<typeof commandSpec>;
export type HttpSpec = z.infer<typeof httpSpec>;

/** The spec of a `.onnx` file with every default, or of a `.json` detector file. */
export async function readDetectorFile(path: string): Promise<DetectorSpec> {
  if (extname(path).toLowerCase() === '.onnx') return detectorSpec.parse({ type: 'onnx', name: wordOf(basename(path, extname(path))), model: resolve(path) });
  let described: unknown;
  try {
    described = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new VivantError(missing ? 'INPUT_NOT_FOUND' : 'INVALID_OPTION', `Expected a detector in ${path} (antispoof, liveness, an .onnx file or a .json file) but ${missing ? 'there is no such file' : 'it is no JSON'}.`, {
      details: { path },
      cause,
    });
  }
  const spec = parseSpec(described, path);
  return spec.type === 'onnx' ? { ...spec, model: resolve(dirname(path), spec.model) } : spec;
}

/** @throws VivantError `INVALID_OPTION` that says what is wrong with which field. */
export function parseSpec(described: unknown, where: string): DetectorSpec {
  const parsed = detectorSpec.safeParse(described);
  if (parsed.success) return parsed.data;
  throw new VivantError('INVALID_OPTION', `Expected the description of a detector in ${where} (docs/detectors.md) but: ${z.prettifyError(parsed.error)}`, { details: { path: where } });
}

/** A word that can stand in file names. */
export function wordOf(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64) || 'detector';
}

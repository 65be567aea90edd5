import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { VivantError } from '../../core/errors.js';
import type { TensorBackend } from '../../backends/types.js';
import { decodeTensor } from '../../generator/tensor/decode.js';

/** Detectors that ship with this package. */
export const BUILTIN_DETECTORS = ['antispoof', 'liveness'] as const;
export type BuiltinDetector = (typeof BUILTIN_DETECTORS)[number];

const model = z.strictObject({
  origin: z.string(),
  file: z.string().regex(/^[\w-]+\.bin$/),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  tensors: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int().positive()), dtype: z.enum(['float32', 'float16']), offset: z.int().nonnegative() }),
  ),
});
const manifestSchema = z.strictObject({
  format: z.literal('tableau-vivant-detectors'),
  version: z.literal(1),
  source: z.string(),
  licence: z.string(),
  models: z.strictObject({ antispoof: model, liveness: model }),
});

/** Tensors of a built-in detector, on a backend. */
export interface DetectorWeights {
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  /** @throws VivantError `MODEL_CORRUPT` when there is none of that name. */
  get(name: string): Tensor;
  dispose(): void;
}

/**
 * Loads the weights of a built-in detector. The file is hashed before a byte of it is used.
 *
 * @param directory - Default: `models/detectors/` of this package.
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`
 */
export async function loadDetectorWeights(name: BuiltinDetector, backend: TensorBackend, directory = ownDirectory()): Promise<DetectorWeights> {
  const manifestPath = join(directory, 'manifest.json');
  const parsed = manifestSchema.safeParse(parse(manifestPath, (await read(manifestPath)).toString('utf8')));
  if (!parsed.success) throw corrupt(manifestPath, `a manifest in which ${z.prettifyError(parsed.error)}`);
  const entry = parsed.data.models[name];
  const path = join(directory, entry.file);
  const bytes = await read(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== entry.bytes || sha256 !== entry.sha256) {
    throw corrupt(path, `${String(bytes.length)} bytes with SHA-256 ${sha256} instead of ${String(entry.bytes)} with ${entry.sha256}`);
  }
  backend.activate();
  const tensors = new Map(
    entry.tensors.map((tensor) => [tensor.name, backend.tf.tensor(decodeTensor({ ...tensor, file: entry.file }, bytes), tensor.shape, 'float32')]),
  );
  return {
    sha256,
    get(tensor) {
      const found = tensors.get(tensor);
      if (found === undefined) throw corrupt(path, `no tensor '${tensor}'`);
      return found;
    },
    dispose() {
      backend.tf.dispose([...tensors.values()]);
      tensors.clear();
    },
  };
}

function ownDirectory(): string {
  return fileURLToPath(new URL('../../../models/detectors/', import.meta.url));
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new VivantError('MODEL_MISSING', `Expected the weights of a spoof detector in ${path} but the file can't be read. Install the package again.`, {
      details: { path },
      cause,
    });
  });
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, 'no JSON', cause);
  }
}

function corrupt(path: string, received: string, cause?: unknown): VivantError {
  return new VivantError('MODEL_CORRUPT', `Expected whole and unaltered weights of a spoof detector in ${path} but received ${received}. Install the package again.`, {
    details: { path },
    cause,
  });
}

import { z } from 'zod';
import { VivantError } from '../../core/errors.js';

/** The quality tiers that are drawn by a network and need weights. */
export const NETWORK_TIERS = ['standard', 'high'] as const;
export type NetworkTier = (typeof NETWORK_TIERS)[number];

/** More than any network that is meant to run on a museum's computer; a manifest that asks for more is broken. */
const MAX_FILE_BYTES = 2 ** 30;
const BYTES_PER_VALUE = { float32: 4, float16: 2 } as const;

const fileSchema = z.strictObject({
  /** A bare name in the folder of the manifest. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(1).max(MAX_FILE_BYTES),
});

const tensorSchema = z.strictObject({
  name: z.string().min(1).max(200),
  shape: z.array(z.int().min(1).max(65536)).max(6),
  dtype: z.enum(['float32', 'float16']),
  /** Name of the file that holds the values, little-endian, row-major. */
  file: z.string(),
  /** Bytes from the start of that file, a multiple of the value's size. */
  offset: z.int().min(0).max(MAX_FILE_BYTES),
});

const manifestSchema = z.strictObject({
  name: z.string().min(1).max(100),
  tier: z.enum(NETWORK_TIERS),
  version: z.string().min(1).max(50),
  licence: z.string().min(1),
  /** What it was trained on, in words. */
  trainingData: z.string().min(1),
  /** Measured on held-out data; names carry their unit. */
  metrics: z.record(z.string(), z.number()),
  files: z.array(fileSchema).min(1).max(64),
  tensors: z.array(tensorSchema).min(1).max(10_000),
});

/** `models/<tier>/manifest.json`: what a set of weights is, and where each tensor lies in its files. */
export type WeightsManifest = Readonly<z.infer<typeof manifestSchema>>;
export type TensorEntry = WeightsManifest['tensors'][number];

/**
 * Reads a manifest and checks that its parts fit each other: every tensor inside a listed file, aligned, none over another.
 *
 * @param where - Named in errors.
 * @throws VivantError `MODEL_CORRUPT`.
 */
export function parseManifest(text: string, tier: NetworkTier, where: string): WeightsManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corrupt(where, 'text that is not JSON', cause);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw corrupt(where, z.prettifyError(parsed.error).replaceAll('\n', ' '), parsed.error);
  const manifest = parsed.data;
  if (manifest.tier !== tier) throw corrupt(where, `the manifest of tier '${manifest.tier}' in the place of '${tier}'`);
  const names = new Set(manifest.tensors.map(({ name }) => name));
  if (names.size !== manifest.tensors.length) throw corrupt(where, 'two tensors of one name');
  if (new Set(manifest.files.map(({ name }) => name)).size !== manifest.files.length) throw corrupt(where, 'two files of one name');
  for (const tensor of manifest.tensors) {
    if (!manifest.files.some(({ name }) => name === tensor.file)) throw corrupt(where, `tensor '${tensor.name}' in an unlisted file '${tensor.file}'`);
  }
  for (const file of manifest.files) checkLayout(manifest, file, where);
  return manifest;
}

/** Bytes that a tensor takes in its file. */
export function byteLength({ shape, dtype }: TensorEntry): number {
  return shape.reduce((product, size) => product * size, BYTES_PER_VALUE[dtype]);
}

/** The error for weights that are not what their manifest says. */
export function corrupt(where: string, received: string, cause?: unknown): VivantError {
  return new VivantError('MODEL_CORRUPT', `Expected whole and unaltered model weights in ${where} but received ${received}. Install the package again, or get the model folder anew.`, {
    details: { path: where },
    cause,
  });
}

function checkLayout(manifest: WeightsManifest, file: WeightsManifest['files'][number], where: string): void {
  let end = 0;
  const inside = manifest.tensors.filter((tensor) => tensor.file === file.name).sort((a, b) => a.offset - b.offset);
  for (const tensor of inside) {
    if (tensor.offset % BYTES_PER_VALUE[tensor.dtype] !== 0) throw corrupt(where, `tensor '${tensor.name}' at the unaligned offset ${tensor.offset}`);
    if (tensor.offset < end) throw corrupt(where, `tensor '${tensor.name}' over the one before it`);
    end = tensor.offset + byteLength(tensor);
    if (end > file.bytes) throw corrupt(where, `tensor '${tensor.name}' reaching to byte ${end} of a file of ${file.bytes}`);
  }
}

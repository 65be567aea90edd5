import { VivantError } from '../core/errors.js';
import type { Generator, Quality, SourcePhoto } from '../core/ports.js';
import { createDraftGenerator } from './draft.js';
import { createStandardGenerator } from './standard.js';
import type { OpenHeads } from './refiner/heads.js';
import type { SitterAdapter } from './sitter/adapter.js';
import type { TeethAtlas } from './mouth/teeth-atlas.js';
import { assertComputes } from './tensor/self-check.js';
import type { TensorBackend } from './tensor/types.js';
import { readManifest } from './tensor/weights.js';

/** What a generator is made from. */
export interface GeneratorOptions {
  readonly quality: Quality;
  /** Photos of the sitter; the first one is the picture that is animated. At least one. */
  readonly sources: readonly SourcePhoto[];
  /** Whether the driver's own mouth and shading may be borrowed. */
  readonly driverPixels: boolean;
  /** Frames a second. Default 25. */
  readonly fps?: number;
  /** Rendered teeth for when neither the sitter's nor the driver's can be shown. Default: a dark cavity. */
  readonly teeth?: TeethAtlas;
  /** Where the networks of `standard` and `high` are computed; checked before use. */
  readonly backend?: TensorBackend;
  /** Where the networks run instead of on `backend`, such as a worker. */
  readonly openHeads?: OpenHeads;
  /** Folder with one folder of weights per tier. Default: `models/` of this package. */
  readonly weightsDirectory?: string;
  /** What was learnt of the sitter before; for `standard` and `high`. */
  readonly adapter?: SitterAdapter;
}

/**
 * Makes the generator of a quality tier.
 *
 * @throws VivantError `MODEL_MISSING` when the tier needs weights that are not there, `MODEL_CORRUPT` when they are damaged,
 * `BACKEND_UNAVAILABLE` when the backend computes wrong numbers or the tier needs one and there is none, `INVALID_OPTION` without sources.
 */
export async function createGenerator(options: GeneratorOptions): Promise<Generator> {
  const { quality, backend, weightsDirectory } = options;
  const [first, ...rest] = options.sources;
  if (!first) throw new VivantError('INVALID_OPTION', 'Expected at least one source photo for the generator but received none.');
  await assertQuality(quality, weightsDirectory);
  if (quality === 'draft') return createDraftGenerator([first, ...rest], options);
  if (backend) await assertComputes(backend);
  return createStandardGenerator([first, ...rest], { ...options, quality });
}

/**
 * Tells early whether a tier can run. `standard` and `high` never fall back to a draft in silence: without a network they end here.
 *
 * @param weightsDirectory - folder with one folder of weights per tier; default: `models/` of this package.
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`
 */
export async function assertQuality(quality: Quality, weightsDirectory?: string): Promise<void> {
  if (quality === 'draft') return;
  await readManifest(quality, weightsDirectory === undefined ? {} : { directory: weightsDirectory });
}

import { VivantError } from '../core/errors.js';
import type { Generator, Quality, SourcePhoto } from '../core/ports.js';
import { createDraftGenerator } from './draft.js';
import type { TeethAtlas } from './mouth/teeth-atlas.js';

/** What a generator is made from. */
export interface GeneratorOptions {
  readonly quality: Quality;
  /** Photos of the sitter; the first one is the picture that is animated. At least one. */
  readonly sources: readonly SourcePhoto[];
  /** Whether the driver's own mouth and shading may be borrowed. */
  readonly driverPixels: boolean;
  /** Rendered teeth for when neither the sitter's nor the driver's can be shown. Default: a dark cavity. */
  readonly teeth?: TeethAtlas;
}

/**
 * Makes the generator of a quality tier.
 *
 * @throws VivantError `MODEL_MISSING` when the tier needs weights that are not there; `INVALID_OPTION` without sources.
 */
export function createGenerator(options: GeneratorOptions): Promise<Generator> {
  const [first, ...rest] = options.sources;
  if (!first) throw new VivantError('INVALID_OPTION', 'Expected at least one source photo for the generator but received none.');
  return Promise.resolve(createDraftGenerator([first, ...rest], options));
}

import { VivantError } from '../core/errors.js';
import type { Generator, SourcePhoto } from '../core/ports.js';
import { createDraftGenerator } from './draft.js';
import type { TeethAtlas } from './mouth/teeth-atlas.js';
import { Refiner } from './refiner/refiner.js';
import type { TensorBackend } from './tensor/types.js';
import { loadWeights } from './tensor/weights.js';

/** What the `standard` generator is made from. */
export interface StandardOptions {
  readonly driverPixels: boolean;
  readonly teeth?: TeethAtlas;
  /** Where the networks are computed. */
  readonly backend?: TensorBackend;
  /** Folder with one folder of weights per tier. Default: `models/` of this package. */
  readonly weightsDirectory?: string;
}

/**
 * The draft, corrected at mouth and eyes by two small networks.
 *
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`; `BACKEND_UNAVAILABLE` without a backend.
 */
export async function createStandardGenerator(sources: readonly [SourcePhoto, ...SourcePhoto[]], options: StandardOptions): Promise<Generator> {
  const { backend, driverPixels, weightsDirectory } = options;
  if (!backend) throw new VivantError('BACKEND_UNAVAILABLE', "Expected a tensor backend for quality 'standard' but received none. Use --quality draft, which needs none.");
  const weights = await loadWeights('standard', backend, weightsDirectory === undefined ? {} : { directory: weightsDirectory });
  let refiner: Refiner;
  try {
    refiner = new Refiner(sources, backend, weights);
  } catch (error) {
    weights.dispose();
    throw error;
  }
  const draft = createDraftGenerator(sources, options);
  const { name, version, files } = weights.manifest;
  return {
    quality: 'standard',
    refiner: { name, version, sha256: files[0]!.sha256 },
    setDriverReference(view) {
      draft.setDriverReference?.(view);
      if (driverPixels) refiner.setDriverReference(view);
    },
    async render(target, driver, out) {
      await draft.render(target, driver, out, (flow) => refiner.keep(target, flow, out));
      await refiner.refine(target, driverPixels ? driver : undefined, out);
    },
    async close() {
      refiner.dispose();
      weights.dispose();
      await draft.close();
    },
  };
}

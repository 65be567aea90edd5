import { VivantError } from '../core/errors.js';
import type { Generator, SourcePhoto } from '../core/ports.js';
import { createDraftGenerator } from './draft.js';
import type { TeethAtlas } from './mouth/teeth-atlas.js';
import { openHeads, sitterCrops, type OpenHeads, type RefinerHeads } from './refiner/heads.js';
import { Refiner, REFINER_OVERLAP } from './refiner/refiner.js';
import type { SitterAdapter } from './sitter/adapter.js';
import type { NetworkTier } from './tensor/manifest.js';
import type { TensorBackend } from './tensor/types.js';

/** What the generators of `standard` and `high` are made from. */
export interface StandardOptions {
  /** `high` shades the whole face, too, and has larger networks. Default: `standard`. */
  readonly quality?: NetworkTier;
  readonly driverPixels: boolean;
  /** Frames a second. Default 25. */
  readonly fps?: number;
  readonly teeth?: TeethAtlas;
  /** Where the networks are computed, and the draft if it is a graphics card. */
  readonly backend?: TensorBackend;
  /** Where the networks run instead, such as a worker. Default: on `backend`, in this thread. */
  readonly openHeads?: OpenHeads;
  /** Folder with one folder of weights per tier. Default: `models/` of this package. */
  readonly weightsDirectory?: string;
  /** What was learnt of the sitter before. Default: only what the photos show. */
  readonly adapter?: SitterAdapter;
}

/**
 * The draft, corrected at mouth and eyes by two small networks; for `high` by two larger ones, and another one shades the skin around them.
 *
 * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`; `INVALID_SITTER` when the adapter belongs to other weights; `BACKEND_UNAVAILABLE`
 * without a backend.
 */
export async function createStandardGenerator(sources: readonly [SourcePhoto, ...SourcePhoto[]], options: StandardOptions): Promise<Generator> {
  const { quality = 'standard' } = options;
  const heads = await open(sources, { ...options, quality });
  const refiner = new Refiner(sources[0], heads, quality);
  const draft = createDraftGenerator(sources, options);
  /** Drafts are drawn one after the other; only the networks' work overlaps with the next draft. */
  let turn: Promise<unknown> = Promise.resolve();
  return {
    quality,
    refiner: heads.info,
    overlap: REFINER_OVERLAP,
    setDriverReference(view, rest) {
      draft.setDriverReference?.(view, rest);
      if (options.driverPixels) refiner.setDriverReference(view);
    },
    async render(target, driver, out) {
      const drafted = turn.then(async () => {
        await draft.render(target, driver, out, (flow, lenders, unsmeared) => refiner.keep(target, flow, out, lenders, unsmeared));
        return { refined: refiner.refine(target, options.driverPixels ? driver : undefined, out) };
      });
      turn = drafted.catch(() => undefined);
      await (await drafted).refined;
    },
    async close() {
      await turn;
      await Promise.all([heads.close(), draft.close()]);
    },
  };
}

async function open(sources: readonly SourcePhoto[], { quality, backend, openHeads: elsewhere, weightsDirectory, adapter }: StandardOptions): Promise<RefinerHeads> {
  const which = { ...(weightsDirectory === undefined ? {} : { directory: weightsDirectory }), ...(adapter === undefined ? {} : { adapter }) };
  if (elsewhere) return elsewhere(sitterCrops(sources, quality), which);
  if (backend) return openHeads(backend, sitterCrops(sources, quality), which);
  throw new VivantError('BACKEND_UNAVAILABLE', `Expected a tensor backend for quality '${quality}' but received none. Use --quality draft, which needs none.`);
}

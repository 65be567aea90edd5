import { VivantError } from '../core/errors.js';
import type { LandmarkDetector } from '../core/ports.js';
import type { ModelInfo } from '../landmarks/model/model.js';
import { chooseBackend } from '../backends/choose.js';
import type { BackendName, TensorBackend } from '../backends/types.js';
import type { OpenHeads } from '../generator/refiner/heads.js';
import type { TeethAtlas } from '../generator/mouth/teeth-atlas.js';
import type { ResolvedAnimator } from '../options.js';
import { startLandmarkWorker } from '../workers/landmark-client.js';
import { RefinerThread } from '../workers/refiner-client.js';
import { readTeethAtlas } from './teeth.js';

/** What is loaded once and serves many clips. */
export interface Tools {
  readonly detector: LandmarkDetector & { readonly model: ModelInfo };
  readonly backend: TensorBackend;
  readonly teeth: TeethAtlas;
  /** Where the refiner's networks run beside the rest; absent on backends that need no thread for that. */
  readonly openHeads?: OpenHeads;
}

/** Starts tools on first use and keeps them. */
export class Toolbox {
  private started: Promise<Tools> | undefined;
  private closed = false;
  private readonly refiner = new RefinerThread();

  /** @param passing - backends that `auto` passes by. Default: none. */
  constructor(
    readonly options: ResolvedAnimator,
    private readonly passing: readonly BackendName[] = [],
  ) {}

  /**
   * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`; `ABORTED` after {@link Toolbox.close}
   */
  open(): Promise<Tools> {
    if (this.closed) return Promise.reject(new VivantError('ABORTED', 'This animator has been closed. Make a new one with createAnimator().'));
    if (this.started === undefined) {
      this.started = this.start();
      // A failed start may be repaired (a model pulled) and tried again.
      this.started.catch(() => {
        this.started = undefined;
      });
    }
    return this.started;
  }

  async close(): Promise<void> {
    this.closed = true;
    const tools = await this.started?.catch(() => undefined);
    await Promise.all([this.refiner.close(), tools?.detector.close(), tools?.backend.close()]);
  }

  private async start(): Promise<Tools> {
    const tools = await start(this.options, this.passing);
    // wasm computes on the thread that asks; a graphics card and libtensorflow don't.
    return tools.backend.name === 'wasm' ? { ...tools, openHeads: this.refiner.open } : tools;
  }
}

async function start({ model, cacheDir, backend: preference }: ResolvedAnimator, passing: readonly BackendName[]): Promise<Tools> {
  const starting = startLandmarkWorker({
    ...(model === undefined ? {} : { modelPath: model }),
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  const [detector, backend, teeth] = await Promise.allSettled([starting, chooseBackend(preference, passing), readTeethAtlas()]);
  if (detector.status === 'fulfilled' && backend.status === 'fulfilled' && teeth.status === 'fulfilled') {
    return { detector: detector.value, backend: backend.value, teeth: teeth.value };
  }
  if (detector.status === 'fulfilled') await detector.value.close();
  if (backend.status === 'fulfilled') await backend.value.close();
  throw [detector, backend, teeth].find((result) => result.status === 'rejected')!.reason;
}

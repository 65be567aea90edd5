import { VivantError } from '../core/errors.js';
import type { LandmarkDetector } from '../core/ports.js';
import type { ModelInfo } from '../landmarks/model.js';
import type { ResolvedAnimator } from '../options.js';
import { startLandmarkWorker } from '../workers/landmark-client.js';

/** What is loaded once and serves many clips. */
export interface Tools {
  readonly detector: LandmarkDetector & { readonly model: ModelInfo };
}

/** Starts tools on first use and keeps them. */
export class Toolbox {
  private started: Promise<Tools> | undefined;
  private closed = false;

  constructor(readonly options: ResolvedAnimator) {}

  /**
   * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`; `ABORTED` after {@link Toolbox.close}
   */
  open(): Promise<Tools> {
    if (this.closed) return Promise.reject(new VivantError('ABORTED', 'This animator has been closed. Make a new one with createAnimator().'));
    if (this.started === undefined) {
      this.started = start(this.options);
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
    await tools?.detector.close();
  }
}

async function start({ model, cacheDir }: ResolvedAnimator): Promise<Tools> {
  const detector = await startLandmarkWorker({
    ...(model === undefined ? {} : { modelPath: model }),
    ...(cacheDir === undefined ? {} : { cacheDir }),
  });
  return { detector };
}

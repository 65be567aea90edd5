import { randomInt } from 'node:crypto';
import { buildReport, peakMemory } from './animator/clip-report.js';
import { asAborted, throwIfAborted } from './animator/cancel.js';
import { clipIngredients, disclosureRecord, openSigner } from './animator/disclose.js';
import { guardOutput } from './animator/kill-guard.js';
import { checkFormat, driverKind } from './animator/open-driver.js';
import { checkOutput, publish } from './animator/output-file.js';
import { drawFrames, openScene } from './animator/scene.js';
import { clipSound } from './animator/sound.js';
import { Toolbox } from './animator/tools.js';
import type { MarkedFrame } from './core/marked-frame.js';
import { outputFormat } from './media/format.js';
import { createSink } from './media/sink.js';
import { type AnimateOptions, type AnimatorOptions, type ClipOptions, resolveAnimate, resolveAnimator, resolveClip } from './options.js';
import { sealFile } from './provenance/seal.js';
import { tagsFor } from './provenance/tags.js';
import type { AnimateReport } from './reports.js';
import { verify } from './verify.js';

/** Animates portraits. Models are loaded once, with the first clip, and serve every later one. @public */
export interface Animator extends AsyncDisposable {
  /**
   * Animates a portrait and writes the disclosed, signed result. The file appears under its name when it is complete and
   * its signature has been read back as valid; until then, and after a failure, nothing is there.
   *
   * @throws VivantError with any code of {@link VivantErrorCode}
   */
  animate(options: AnimateOptions): Promise<AnimateReport>;
  /**
   * The same without a file: marked frames, one after the other. A frame's memory is reused for the next one.
   * What you write from them carries badge and invisible mark, but no signature.
   *
   * @throws VivantError while iterating
   */
  frames(options: ClipOptions): AsyncGenerator<MarkedFrame, void, undefined>;
  /** Ends the worker and frees the models. Clips that are still running fail with `ABORTED`. */
  close(): Promise<void>;
}

/**
 * Makes an animator. It starts nothing until the first clip.
 *
 * @throws VivantError `INVALID_OPTION`
 * @public
 */
export function createAnimator(options: AnimatorOptions = {}): Animator {
  const toolbox = new Toolbox(resolveAnimator(options));
  const close = (): Promise<void> => toolbox.close();
  return {
    animate: (clip) => animate(clip, toolbox),
    frames: (clip) => frames(clip, toolbox),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** portrait and driver -> motion -> generator -> marks -> encoder -> signature -> read back -> name. */
async function animate(options: AnimateOptions, toolbox: Toolbox): Promise<AnimateReport> {
  const started = performance.now();
  const { clip, file } = resolveAnimate(options);
  const { output, force } = file;
  const { signal } = clip;
  const format = outputFormat(output);
  try {
    throwIfAborted(signal);
    await checkOutput(output, format, force);
    const kind = await driverKind(clip);
    checkFormat(kind, format);
    const [tools, signer] = await Promise.all([toolbox.open(), openSigner(toolbox.options)]);
    const scene = await openScene(clip, kind, format, newPayload(), tools);
    const { driver, clock, progress, generator, width, height } = scene;
    const record = disclosureRecord(clip, driver, generator, scene.payload);
    const sink = await createSink({ format, path: output, width, height, fps: driver.fps, audio: clipSound(clip, file.audio, driver), tags: tagsFor(record), signal }).catch(
      async (error: unknown) => {
        await scene.close();
        throw error;
      },
    );
    const allIsWell = guardOutput(output);
    try {
      let count = 0;
      let firstFrame = 0;
      for await (const frame of drawFrames(scene)) {
        firstFrame ||= performance.now();
        count += 1;
        await clock.measureAsync('encode', () => sink.write(frame));
      }
      const temporary = await clock.measureAsync('encode', () => sink.finish());
      const memory = peakMemory();

      progress.enter('sign', count);
      throwIfAborted(signal);
      const ingredients = await clipIngredients(clip, scene.sitter, scene.personal);
      const seal = await clock.measureAsync('sign', () => sealFile({ path: temporary, finalPath: output, format, record, ingredients, signer }));
      throwIfAborted(signal);
      await publish({ path: temporary, sidecar: seal.sidecar }, output, format, force);
      const { layers } = await clock.measureAsync('sign', () => verify(output));
      return buildReport({ scene, record, output, seal, layers, count, memory, started, firstFrame, model: tools.detector.model.sha256, backend: tools.backend.name, ingredients });
    } catch (error) {
      await sink.abort();
      throw error;
    } finally {
      allIsWell();
      await scene.close();
    }
  } catch (error) {
    throw asAborted(error, signal);
  }
}

async function* frames(options: ClipOptions, toolbox: Toolbox): AsyncGenerator<MarkedFrame, void, undefined> {
  const clip = resolveClip(options);
  try {
    throwIfAborted(clip.signal);
    const scene = await openScene(clip, await driverKind(clip), undefined, newPayload(), await toolbox.open());
    try {
      yield* drawFrames(scene);
    } finally {
      await scene.close();
    }
  } catch (error) {
    throw asAborted(error, clip.signal);
  }
}

/** Names the clip in its invisible mark: 32 random bits. */
function newPayload(): number {
  return randomInt(2 ** 32);
}

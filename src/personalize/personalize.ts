import { createHash } from 'node:crypto';
import { asAborted, throwIfAborted } from '../animator/cancel.js';
import { checkOutput, writeFileOnce } from '../animator/output-file.js';
import { readSitter } from '../animator/portraits.js';
import { Toolbox, type Tools } from '../animator/tools.js';
import { VivantError } from '../core/errors.js';
import type { SourcePhoto } from '../core/ports.js';
import { encodeSitterFile } from '../generator/sitter/sitter-file.js';
import { assertComputes } from '../generator/tensor/self-check.js';
import { loadWeights, readManifest } from '../generator/tensor/weights.js';
import { DEFAULT_LONGER_SIDE } from '../option-specs.js';
import { type PersonalizeOptions, type ResolvedPersonalize, resolvePersonalize } from '../options.js';
import { TOOL } from '../package-info.js';
import type { PersonalizeReport, Warning } from '../reports.js';
import { Checkpoint } from './checkpoint.js';
import { fitSitter, type FitMoment, type SitterFit } from './fit.js';
import { focusOnHead } from './focus.js';
import { PersonalizeMeter } from './progress.js';

/** Unfinished work is saved at least so often, milliseconds. */
const SAVE_EVERY = 15_000;
/** A card has to be waited for at each of many small steps: on an H100 one took 154 ms, with wasm on two cores 43 (docs/performance.md). */
const SLOW_TO_TRAIN = ['webgpu'] as const;
/** Part of the key of unfinished work: what is learnt, and how, has changed when this has. */
const RECIPE = 5;

/**
 * Fine-tunes the refiner's eyes on photos of one person and writes what it learnt: a file of less than a megabyte for `animate`'s `sitter`.
 * It holds no photo. The file appears under its name when it is complete. Work that was stopped goes on when the same photos and
 * options come again for the same output; until then it waits beside it in a hidden file, which holds no photo either.
 *
 * @throws VivantError `INVALID_OPTION`, `RIGHTS_REQUIRED`, `NO_FACE`, `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, `MODEL_MISSING`, `MODEL_CORRUPT`,
 * `BACKEND_UNAVAILABLE`, `ABORTED`, and what reading an image throws
 * @public
 */
export async function personalize(options: PersonalizeOptions): Promise<PersonalizeReport> {
  const resolved = resolvePersonalize(options);
  const { output, force, signal } = resolved;
  const toolbox = new Toolbox(resolved.animator, SLOW_TO_TRAIN);
  try {
    throwIfAborted(signal);
    await checkOutput(output, 'sitter', force);
    await readManifest('standard');
    return await work(resolved, await toolbox.open());
  } catch (error) {
    throw asAborted(error, signal);
  } finally {
    await toolbox.close();
  }
}

async function work({ photos: paths, output, rights, steps, force, signal, onProgress }: ResolvedPersonalize, tools: Tools): Promise<PersonalizeReport> {
  const started = performance.now();
  const meter = new PersonalizeMeter(onProgress);
  const { backend, detector } = tools;
  await assertComputes(backend);
  const { photos, hashes, warnings } = await readPhotos(paths, tools, meter, signal);
  const weights = await loadWeights('standard', backend);
  let fit: SitterFit;
  let resumedAt: number;
  let checkpoint: Checkpoint;
  try {
    const key = { recipe: RECIPE, hashes, steps, base: weights.manifest.files[0]!.sha256, model: detector.model.sha256 };
    checkpoint = new Checkpoint(output, createHash('sha256').update(JSON.stringify(key)).digest('hex'));
    const resume = await checkpoint.load();
    resumedAt = resume?.step ?? 0;
    fit = await fitSitter({ photos, weights, backend, schedule: { steps }, resume, onStep: watch(meter, checkpoint, signal) });
  } finally {
    weights.dispose();
  }
  meter.show('write', 0, 1);
  const { adapter, gain } = fit;
  const created = new Date().toISOString();
  const bytes = encodeSitterFile({ adapter, photos: photos.length, rights, created, tool: TOOL, gain });
  throwIfAborted(signal);
  await writeFileOnce(output, bytes, force);
  await checkpoint.clear();
  meter.show('write', 1, 1);
  return {
    output,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    photos: photos.length,
    refiner: adapter.base,
    backend: backend.name,
    gain,
    resumedAt,
    warnings: [...warnings, ...fitWarnings(photos.length, fit)],
    rights,
    created,
    stages: meter.stages(),
    seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
  };
}

/** Reads one photo at a time: only heads are kept. */
async function readPhotos(paths: readonly string[], { detector }: Tools, meter: PersonalizeMeter, signal: AbortSignal | undefined): Promise<{ photos: SourcePhoto[]; hashes: string[]; warnings: Warning[] }> {
  const photos: SourcePhoto[] = [];
  const hashes: string[] = [];
  const warnings: Warning[] = [];
  for (const [k, path] of paths.entries()) {
    meter.show('read', k, paths.length);
    throwIfAborted(signal);
    const read = await readSitter({ paths: [path], size: DEFAULT_LONGER_SIDE, evenSides: false, face: 'largest', landmarks: undefined }, detector);
    const hash = read.files[0]!.sha256;
    if (hashes.includes(hash)) {
      warnings.push({ code: 'SAME_PHOTO', message: `${path} is the same picture as ${paths[hashes.indexOf(hash)]} and teaches nothing more.` });
      continue;
    }
    hashes.push(hash);
    photos.push(focusOnHead(read.photos[0]));
    warnings.push(...read.warnings.map(({ code, message }) => ({ code, message: `${path}: ${message}` })));
  }
  meter.show('read', paths.length, paths.length);
  return { photos, hashes, warnings };
}

/** Reports, stops and saves between steps. */
function watch(meter: PersonalizeMeter, checkpoint: Checkpoint, signal: AbortSignal | undefined): (moment: FitMoment) => Promise<void> {
  let saved = performance.now();
  return async ({ stage, done, of, state }) => {
    meter.show(stage, done, of);
    if (!signal?.aborted && (state === undefined || performance.now() - saved < SAVE_EVERY)) return;
    if (state !== undefined) await checkpoint.save(state());
    saved = performance.now();
    if (signal?.aborted) {
      const again = state === undefined ? '' : ` Run it again with the same photos and options, and it goes on at step ${done}.`;
      throw new VivantError('ABORTED', `The work was stopped before it was finished.${again}`, { cause: signal.reason, details: { step: state === undefined ? 0 : done } });
    }
  };
}

function fitWarnings(photos: number, { gain }: SitterFit): Warning[] {
  return [
    ...(photos === 1 ? [{ code: 'ONE_PHOTO', message: 'One photo can only be compared with itself, which teaches next to nothing. Give at least three photos with different expressions.' }] : []),
    ...(photos === 2 ? [{ code: 'TWO_PHOTOS', message: 'With two photos there is one pair to learn from. Give at least three photos with different expressions.' }] : []),
    ...(gain.steps === 0 ? [{ code: 'NO_GAIN', message: 'Fine-tuning did not bring the eyes nearer to the photos that were kept aside, so the network stays as it is.' }] : []),
  ];
}


import type { MarkedFrame } from '../core/marked-frame.js';
import type { Generator } from '../core/ports.js';
import { assertQuality, createGenerator } from '../generator/create.js';
import { readSitterFile } from '../generator/sitter/sitter-file.js';
import { createComparison, type Comparison } from '../media/compare.js';
import { needsEvenSize, type OutputFormat } from '../media/format.js';
import { createMarker, type Marker, type MarkerOptions } from '../provenance/marker.js';
import type { ResolvedClip } from '../options.js';
import { throwIfAborted } from './cancel.js';
import { drawAhead } from './draw-ahead.js';
import type { Driver, Transfer } from './driver.js';
import { loopPerformance } from './loop.js';
import { type DriverKind, openDriver } from './open-driver.js';
import { perform } from './perform.js';
import { readSitter, type Sitter } from './portraits.js';
import { ProgressMeter } from './progress.js';
import { StageClock, TIMED_STAGES } from './stage-clock.js';
import type { Tools } from './tools.js';

/** A sitter file in use. */
export type PersonalFile = Awaited<ReturnType<typeof readSitterFile>>;

/** Everything one clip needs, open and ready. */
export interface Scene {
  readonly clip: ResolvedClip;
  readonly sitter: Sitter;
  /** What was learnt of the sitter before. */
  readonly personal: PersonalFile | undefined;
  readonly driver: Driver;
  readonly transfer: Transfer<unknown>;
  readonly generator: Generator;
  readonly comparison: Comparison | undefined;
  readonly marker: Marker;
  /** Carried by the invisible mark. */
  readonly payload: number;
  /** Of the result, pixels. */
  readonly width: number;
  /** Of the result, pixels. */
  readonly height: number;
  readonly clock: StageClock;
  readonly progress: ProgressMeter;
  close(): Promise<void>;
}

/**
 * Reads portraits and driver and sets up everything between them.
 *
 * @param kind - of the driver
 * @param format - of the result; absent when frames are handed out instead
 * @param makeMarker - how the result is marked; a research clip bears its badge in a band
 */
export async function openScene(
  clip: ResolvedClip,
  kind: DriverKind,
  format: OutputFormat | undefined,
  payload: number,
  tools: Tools,
  makeMarker: (options: MarkerOptions) => Marker = createMarker,
): Promise<Scene> {
  const progress = new ProgressMeter(clip.onProgress);
  progress.enter('prepare', undefined);
  const clock = new StageClock(TIMED_STAGES);
  const { detector, backend, teeth, openHeads } = tools;
  const evenSides = format !== undefined && needsEvenSize(format);
  await assertQuality(clip.quality);
  const personal = clip.sitter === undefined ? undefined : await readSitterFile(clip.sitter);
  const reading = readSitter({ ...clip, paths: clip.portraits, evenSides }, detector);
  const states = reading.then(({ photos }) => photos.map(({ state }) => state));
  states.catch(() => undefined); // Not every driver waits for it; `reading` reports what went wrong.
  const opening = openDriver(kind, clip, states, detector, clock);
  const [read, opened] = await Promise.allSettled([reading, opening]);
  if (read.status === 'rejected') {
    if (opened.status === 'fulfilled') await opened.value.close();
    throw read.reason;
  }
  if (opened.status === 'rejected') throw opened.reason;
  const [sitter, driver] = [read.value, opened.value];
  const [canvas] = sitter.photos;
  let generator: Generator | undefined;
  try {
    throwIfAborted(clip.signal);
    const options = { ...(openHeads === undefined ? {} : { openHeads }), ...(personal === undefined ? {} : { adapter: personal.adapter }) };
    const driverPixels = clip.driverPixels && driver.reference.view !== undefined; // A motion file has none.
    generator = await createGenerator({ quality: clip.quality, sources: sitter.photos, driverPixels, fps: driver.fps, teeth, backend, ...options });
    driver.introduce?.(generator);
    const { amplitude, smooth, region, motion } = clip;
    const mode = driver.kind === 'picture' && !clip.motionChosen ? 'absolute' : motion;
    const transfer = driver.transfer({ source: canvas.state, mode, amplitude, smooth, region });
    const comparison = clip.compare ? createComparison(canvas.frame, evenSides) : undefined;
    const drawn = comparison ?? canvas.frame;
    const marker = makeMarker({ width: drawn.width, height: drawn.height, payload, face: comparison?.place(sitter.face.box) ?? sitter.face.box, language: locale() });
    const { width, height } = marker;
    const opened = generator;
    const close = async (): Promise<void> => {
      await Promise.all([driver.close(), opened.close()]);
    };
    return { clip, sitter, personal, driver, transfer, generator, comparison, marker, payload, width, height, clock, progress, close };
  } catch (error) {
    await Promise.all([driver.close(), generator?.close()]);
    throw error;
  }
}

/**
 * The clip, frame by frame: motion, generator, marks.
 */
export async function* drawFrames(scene: Scene): AsyncGenerator<MarkedFrame, void, undefined> {
  const { clip, sitter, driver, transfer, generator, comparison, marker, clock, progress } = scene;
  const [{ frame: portrait, state: rest }] = sitter.photos;
  const performance = perform(driver, transfer, clock);
  const steps = clip.loop ? loopPerformance(performance, rest, driver.fps) : performance;
  progress.enter('animate', driver.frames);
  for await (const { step, canvas } of drawAhead(steps, generator, portrait, clock)) {
    throwIfAborted(clip.signal);
    const { index, time, picture } = step;
    const result = comparison === undefined ? canvas : comparison.compose(picture, canvas);
    step.release();
    yield clock.measure('mark', () => marker.mark({ ...result, index, time }));
    progress.step(driver.frames);
  }
}

/** The language of the badge: the user's. */
function locale(): string {
  return Intl.DateTimeFormat().resolvedOptions().locale;
}

import type { TimedFrame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import type { DriverRest, DriverView, FaceState } from '../core/motion.js';
import type { FrameSource, LandmarkDetector } from '../core/ports.js';
import { VivantError } from '../core/errors.js';
import { LandmarkRegistration } from '../landmarks/registration/registration.js';
import { openVideo } from '../media/video-source.js';
import { sampleVideo } from '../media/sample.js';
import { faceState } from '../motion/face-state.js';
import { commonRest } from '../motion/common-rest.js';
import { chooseReference, type Reference } from '../motion/reference.js';
import { createFaceFollower, type FaceFollower } from './follow-face.js';
import type { Driver, DriverMoment } from './driver.js';
import { faceTransfer } from './face-transfer.js';
import { FramePool, type HeldFrame } from './frame-pool.js';
import { performerRights } from './performer-rights.js';
import type { StageClock } from './stage-clock.js';
import type { FaceChoice } from '../option-specs.js';

/** Landmarks and mouth pixels gain nothing from more; longer side, pixels. */
const DRIVER_MAX_SIDE = 1280;
/** Pictures looked at to find the driver at rest. */
const CANDIDATES = 24;
/** Frames whose landmarks are computed while earlier ones are drawn. */
const IN_FLIGHT = 3;

export interface VideoDriverOptions {
  readonly path: string;
  readonly detector: LandmarkDetector;
  /**
   * The sitter in all photos, the canvas first: the reference should do what it does there. Absent: what faces do at rest. Awaited only
   * when the driver has been looked at, so that both are found at the same time.
   */
  readonly photos: Promise<readonly FaceState[]> | undefined;
  readonly drivingFace: FaceChoice;
  /** Whether moments carry pictures: `faces` only of frames with a face, `all` for a comparison. */
  readonly pixels: 'none' | 'faces' | 'all';
  readonly start: number;
  readonly end: number | undefined;
  readonly fps: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly clock: StageClock;
}

/** A video as driver. */
export interface VideoDriver extends Driver<FaceState> {
  /** The driver at rest: what motion is told from. */
  readonly rest: FaceState;
}

interface Candidate {
  readonly frame: HeldFrame;
  readonly face: FaceLandmarks;
  readonly state: FaceState;
}

/**
 * Opens a video as driver and finds its reference frame.
 *
 * @throws VivantError `NO_FACE`, `FACE_INDEX`, and what the media stage throws
 */
export async function openVideoDriver(options: VideoDriverOptions): Promise<VideoDriver> {
  const { path, clock, detector, pixels } = options;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const range = { start: options.start, ...(options.end === undefined ? {} : { end: options.end }), maxSide: DRIVER_MAX_SIDE, ...signal };
  const source = await openVideo(path, { ...range, ...(options.fps === undefined ? {} : { fps: options.fps }) });
  try {
    const { chosen, rest, looks } = await findReference(options, range);
    const skin = new LandmarkRegistration(looks.views, looks.shares[0]!);
    const view = pixels === 'none' ? undefined : viewOf(chosen);
    let introduction = pixels === 'none' ? undefined : looks;
    const rights = performerRights(source.tags);
    return {
      kind: 'video',
      fps: source.fps,
      frames: source.frameCount,
      reference: {
        index: Math.max(0, Math.round(chosen.frame.time * source.fps)),
        view,
      },
      introduce: (generator) => {
        if (view !== undefined) generator.setDriverReference?.(view, introduction);
        introduction = undefined;
      },
      rest,
      ...(rights === undefined ? {} : { rights }),
      transfer: (plan) => faceTransfer(plan, rest, source.fps),
      moments: () => track(source, detector, createFaceFollower(choice(options.drivingFace)), skin, pixels, clock),
      warnings: () => source.warnings,
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function viewOf({ frame, face, state }: Candidate): DriverView {
  return { frame, state, points: face.points };
}

/** Faces come sorted by area; an index that isn't there (yet) is nobody. */
function choice(face: FaceChoice): FaceFollower {
  return (faces) => faces[face === 'largest' ? 0 : face];
}

interface Search {
  readonly candidates: readonly Candidate[];
  readonly frames: number;
  readonly mostFaces: number;
}

interface Found {
  readonly chosen: Candidate;
  readonly rest: FaceState;
  readonly looks: DriverRest;
}

/** The frame in which the driver is most at rest and most like the sitter, the face that motion is told from, and how the driver looks then. */
async function findReference(options: VideoDriverOptions, range: Parameters<typeof openVideo>[1]): Promise<Found> {
  const { path, drivingFace, photos } = options;
  let search = await lookAt(sampleVideo(path, { ...range, count: CANDIDATES }), options);
  if (search.candidates.length === 0) {
    // The samples all missed the face: look at every frame until there are some.
    const whole = await openVideo(path, range);
    search = await lookAt(whole, options).finally(() => whole.close());
  }
  const { candidates, frames, mostFaces } = search;
  const states = candidates.map(({ state }) => state);
  if (states.length > 0) {
    const sitter = await photos;
    const references = sitter?.map((photo) => chooseReference(states, photo)) ?? [chooseReference(states, undefined)];
    const [{ index, rest }] = references as [Reference, ...Reference[]];
    return {
      chosen: candidates[index]!,
      rest: sitter ? commonRest(sitter, references.map((reference) => reference.rest)) : rest,
      looks: { views: candidates.map(viewOf), shares: references.map(({ shares }) => shares) },
    };
  }
  if (mostFaces > 0) {
    throw new VivantError(
      'FACE_INDEX',
      `Expected a face number ${drivingFace} (counted from 0) in ${path}, but it never shows more than ${mostFaces} at once.`,
      { details: { path, face: drivingFace, faces: mostFaces } },
    );
  }
  throw new VivantError('NO_FACE', `No face was found in any of the ${frames} frames of ${path}. Use a driver that shows a person facing the camera.`, {
    details: { path, frames },
  });
}

async function lookAt(frames: AsyncIterable<TimedFrame>, { detector, drivingFace }: VideoDriverOptions): Promise<Search> {
  const follow = createFaceFollower(choice(drivingFace));
  const pool = new FramePool();
  const candidates: Candidate[] = [];
  let looked = 0;
  let mostFaces = 0;
  for await (const frame of frames) {
    looked += 1;
    const faces = await detector.detect(frame);
    mostFaces = Math.max(mostFaces, faces.length);
    const face = follow(faces);
    if (face !== undefined) candidates.push({ frame: pool.hold(frame), face, state: faceState(face) });
    if (candidates.length >= CANDIDATES) break;
  }
  return { candidates, frames: looked, mostFaces };
}

/**
 * Decodes ahead and keeps a few frames with the detector, so that decoding, landmarks and drawing overlap.
 */
async function* track(
  source: FrameSource,
  detector: LandmarkDetector,
  follow: FaceFollower,
  skin: LandmarkRegistration,
  pixels: VideoDriverOptions['pixels'],
  clock: StageClock,
): AsyncGenerator<DriverMoment<FaceState>> {
  const pool = new FramePool();
  const pending: { readonly frame: HeldFrame; readonly faces: Promise<readonly FaceLandmarks[]> }[] = [];
  const frames = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      while (!ended && pending.length < IN_FLIGHT) {
        const next = await clock.measureAsync('decode', () => frames.next());
        if (next.done) {
          ended = true;
          break;
        }
        const frame = pool.hold(next.value);
        const timestamp = Math.round((frame.index * 1000) / source.fps);
        const faces = clock.measureAsync('landmarks', () => detector.detect(frame, { timestamp }));
        faces.catch(() => undefined); // Awaited in order below; an error must not count as unhandled meanwhile.
        pending.push({ frame, faces });
      }
      const oldest = pending[0];
      if (oldest === undefined) return;
      const seen = follow(await oldest.faces);
      pending.shift();
      const { frame } = oldest;
      const face = seen && clock.measure('landmarks', () => ({ ...seen, points: skin.register({ frame, points: seen.points }) }));
      const { index, time } = frame;
      const motion = face === undefined ? undefined : faceState(face);
      const view = pixels !== 'none' && face !== undefined && motion !== undefined ? viewOf({ frame, face, state: motion }) : undefined;
      const picture = pixels === 'all' ? frame : undefined;
      if (view === undefined && picture === undefined) frame.release();
      yield { index, time, motion, view, picture, release: () => frame.release() };
    }
  } finally {
    await Promise.allSettled(pending.map(({ faces }) => faces));
    for (const { frame } of pending) frame.release();
    await frames.return?.();
  }
}

import { VivantError } from '../core/errors.js';
import type { Box, Frame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import type { DetectOptions, LandmarkDetector } from '../core/ports.js';
import { faceOf, toFace } from './face.js';
import { FaceFollower } from './follow.js';
import { IrisRefiner } from './iris/iris.js';
import { createLandmarker } from './mediapipe/mediapipe.js';
import type { Landmarker } from './mediapipe/mediapipe.js';
import { resolveModel } from './model/model.js';
import type { ModelInfo, ModelOptions } from './model/model.js';
import { cropFrame } from './region.js';
import { sortFaces } from './select.js';
import { averageViews, searchThoroughly } from './thorough.js';

/** How to start a face detector. */
export interface DetectorOptions extends ModelOptions {
  /** Most faces to report in one picture. Default 8. */
  readonly maxFaces?: number;
}

/** A detector that says which model it runs. */
export type FaceDetector = LandmarkDetector & { readonly model: ModelInfo };

/**
 * Starts a face detector in this thread: it blocks the thread for 10 to 20 ms a frame, so applications use the worker.
 *
 * @throws VivantError MODEL_MISSING, MODEL_CORRUPT
 */
export async function createFaceDetector(options: DetectorOptions = {}): Promise<FaceDetector> {
  const maxFaces = options.maxFaces ?? 8;
  const { bytes, info } = await resolveModel(options);
  const landmarker = await createLandmarker({ model: bytes, maxFaces });
  return new MediaPipeDetector(landmarker, info, maxFaces);
}

class MediaPipeDetector implements LandmarkDetector {
  #landmarker: Landmarker | undefined;
  readonly #follower = new FaceFollower();
  readonly #irises = new IrisRefiner();

  constructor(
    landmarker: Landmarker,
    readonly model: ModelInfo,
    private readonly maxFaces: number,
  ) {
    this.#landmarker = landmarker;
  }

  /**
   * Every frame is detected on its own: MediaPipe's VIDEO mode smooths landmarks over time, which delays poses by more than
   * a frame and flattens blinks (docs/landmarks.md); smoothing belongs to motion.
   */
  async detect(frame: Frame, { timestamp, thorough }: DetectOptions = {}): Promise<readonly FaceLandmarks[]> {
    checkFrame(frame);
    const detectIn = (region: Box): FaceLandmarks[] => this.#detectIn(frame, region);
    const whole = { x: 0, y: 0, width: frame.width, height: frame.height };
    const faces = timestamp === undefined ? detectIn(whole) : this.#follower.detect(whole, timestamp, detectIn);
    const largest = sortFaces(thorough ? searchThoroughly(whole, faces, detectIn) : faces).slice(0, this.maxFaces);
    return largest.map((face) => {
      const points = thorough ? averageViews(face, detectIn) : face.points;
      this.#irises.refine(frame, points);
      return faceOf(points);
    });
  }

  async close(): Promise<void> {
    this.#landmarker?.close();
    this.#landmarker = undefined;
  }

  #detectIn(frame: Frame, region: Box): FaceLandmarks[] {
    if (!this.#landmarker) throw new VivantError('INTERNAL', 'The face detector was asked for faces after it had been closed.');
    const whole = region.x === 0 && region.y === 0 && region.width === frame.width && region.height === frame.height;
    return this.#landmarker.detect(whole ? frame : cropFrame(frame, region)).map((raw) => toFace(raw, region));
  }
}

function checkFrame(frame: Frame): void {
  const { width, height, data } = frame;
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && data.length === width * height * 4) return;
  throw new VivantError('INTERNAL', `Expected an RGBA frame of width x height x 4 bytes but received ${width} x ${height} with ${data.length} bytes.`);
}

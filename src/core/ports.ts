import type { Frame, TimedFrame } from './frame.js';
import type { FaceLandmarks } from './landmarks.js';
import type { MarkedFrame, RecordedFrame } from './marked-frame.js';
import type { DriverRest, DriverView, FaceState, TargetFace } from './motion.js';

/** Finds faces. Implemented in landmarks/, and by its worker client in workers/. */
export interface LandmarkDetector {
  /** Faces sorted by area, largest first; empty when there is none. */
  detect(frame: Frame, options?: DetectOptions): Promise<readonly FaceLandmarks[]>;
  close(): Promise<void>;
}

export interface DetectOptions {
  /** Milliseconds on the clip's clock, strictly rising: track a video. Absent: a single picture. */
  readonly timestamp?: number;
  /** Zoom and tile until a face is found, then average several views of it (slow; for pictures). Default false. */
  readonly thorough?: boolean;
}

/** Decoded frames in presentation order, with backpressure. */
export interface FrameSource extends AsyncIterable<TimedFrame> {
  /** Pixels, after rotation metadata has been applied. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, constant. */
  readonly fps: number;
  /** Best guess; streams may lie. `undefined` when unknown. */
  readonly frameCount: number | undefined;
  close(): Promise<void>;
}

/** What encoders take: a synthetic frame that says so, or a frame of an examined recording. Only provenance can make either. */
export type EncodableFrame = MarkedFrame | RecordedFrame;

/** Takes frames that provenance has passed and writes one file under a temporary name. */
export interface FrameSink {
  write(frame: EncodableFrame): Promise<void>;
  /** Flushes and closes. Resolves with the path of the finished temporary file. */
  finish(): Promise<string>;
  /** Stops the encoder and removes everything written so far. Safe to call twice. */
  abort(): Promise<void>;
}

/** One photo of the sitter, at working size. */
export interface SourcePhoto {
  readonly frame: Frame;
  readonly points: Float32Array; // [478, 3] pixels
  readonly state: FaceState;
}

/** Quality tier: `draft` has no network, `standard` refines mouth and eyes, `high` the whole face. @public */
export type Quality = 'draft' | 'standard' | 'high';

/** The trained network that drew a clip. @public */
export interface RefinerInfo {
  /** As its manifest calls it. */
  readonly name: string;
  /** Of the weights. */
  readonly version: string;
  /** Of the file of weights, 64 hex digits. */
  readonly sha256: string;
}

/** Draws the sitter. One instance serves one clip. */
export interface Generator {
  readonly quality: Quality;
  /** The network behind it; a draft has none. */
  readonly refiner?: RefinerInfo;
  /**
   * Tells the generator how the driver looks at rest. Call before the first frame.
   *
   * @param view - the reference frame
   * @param rest - what folds and shading of the source photos are told from. Absent: `view` alone
   */
  setDriverReference?(view: DriverView, rest?: DriverRest): void;
  /** How many frames may be under way at the same time, each with an `out` of its own. Default 1. */
  readonly overlap?: number;
  /** Draws into `out`, which has the size of the (first) source photo. Frames come in order. */
  render(target: TargetFace, driver: DriverView | undefined, out: Frame): Promise<void>;
  close(): Promise<void>;
}

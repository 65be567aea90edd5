import type { Box, Frame } from '../core/frame.js';

/** What identifies a detector in scores and reports. */
export interface DetectorInfo {
  /** A short word for files and tables. */
  readonly name: string;
  /** SHA-256 (hex) over everything that decides its scores: same fingerprint, same answers. Scores are cached under it. */
  readonly fingerprint: string;
  /** A clip is called an attack when its score is at least this. */
  readonly threshold: number;
}

/** One picture of a clip. */
export interface FaceView {
  /** Id of the clip's item. */
  readonly item: string;
  /** 0-based frame of the clip. */
  readonly index: number;
  /** The clip's picture, without the band that carries the badge. Valid until `score` has answered. */
  readonly frame: Frame;
  /** Bounding box of the largest face's landmarks, pixels of `frame`; `null` when no face was found. */
  readonly face: Box | null;
}

/** A clip as a file. */
export interface ClipView {
  /** Id of the clip's item. */
  readonly item: string;
  /** Absolute path. */
  readonly video: string;
  /** Where the picture lies in the frames, pixels; the rest is the band that carries the badge. */
  readonly picture: Box;
}

interface DetectorOf<Kind extends 'frames' | 'video', View> {
  readonly kind: Kind;
  readonly info: DetectorInfo;
  /**
   * @returns how much like an attack it looks, higher is more; `null` when it can't say
   * @throws VivantError `DETECTOR_FAILED`, `ABORTED`
   */
  score(view: View, signal?: AbortSignal): Promise<number | null>;
  close(): Promise<void>;
}

/** A detector that looks at single pictures; a clip's score is the mean of theirs. */
export type FrameDetector = DetectorOf<'frames', FaceView>;
/** A detector that looks at clips as a whole. */
export type VideoDetector = DetectorOf<'video', ClipView>;
export type SpoofDetector = FrameDetector | VideoDetector;

import type { VivantErrorCode } from '../core/errors.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import type { DetectOptions, RefinerInfo } from '../core/ports.js';
import type { HeadsOptions, TierCrops } from '../generator/refiner/heads.js';
import type { DetectorOptions } from '../landmarks/detector.js';
import type { ModelInfo } from '../landmarks/model/model.js';

/** What the client tells the landmark worker. */
export type LandmarkRequest =
  | { readonly type: 'start'; readonly options: DetectorOptions }
  /** `pixels` is transferred; it comes back with the answer, to be used again. */
  | {
      readonly type: 'detect';
      readonly id: number;
      readonly pixels: ArrayBuffer;
      readonly width: number;
      readonly height: number;
      readonly options: DetectOptions;
    };

/** What the landmark worker answers. */
export type LandmarkResponse =
  | { readonly type: 'ready'; readonly model: ModelInfo }
  | { readonly type: 'start-failed'; readonly error: WireError }
  /** Points and rotations of the faces are transferred, and so is `pixels`. */
  | { readonly type: 'detected'; readonly id: number; readonly faces: readonly FaceLandmarks[]; readonly pixels: ArrayBuffer }
  | { readonly type: 'detect-failed'; readonly id: number; readonly error: WireError; readonly pixels: ArrayBuffer };

/** Arrays by the network's name; those of one request. */
export type NetworkArrays = Readonly<Record<string, Float32Array>>;

/** What the client tells the refiner worker. A session is one clip: one sitter. */
export type RefinerRequest =
  | { readonly type: 'open'; readonly session: number; readonly sitter: TierCrops; readonly options: HeadsOptions }
  /** The inputs are transferred; they come back with the answer, to be used again. */
  | { readonly type: 'run'; readonly session: number; readonly id: number; readonly inputs: NetworkArrays }
  | { readonly type: 'close'; readonly session: number };

/** What the refiner worker answers. */
export type RefinerResponse =
  | { readonly type: 'opened'; readonly session: number; readonly info: RefinerInfo }
  | { readonly type: 'open-failed'; readonly session: number; readonly error: WireError }
  /** All arrays are transferred. */
  | { readonly type: 'heads'; readonly id: number; readonly heads: NetworkArrays; readonly inputs: NetworkArrays }
  | { readonly type: 'run-failed'; readonly id: number; readonly error: WireError; readonly inputs: NetworkArrays };

/** A VivantError in a form that survives structured cloning. */
export interface WireError {
  readonly code: VivantErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

import type { AnimatedFace } from './animator/portraits.js';
import type { BackendProbe } from './backends/names.js';
import type { StageSeconds, StageTime, TimedStage } from './animator/stage-clock.js';
import type { DisclosureLayer, LayerReport } from './core/disclosure.js';
import type { Box } from './core/frame.js';
import type { Quality, RefinerInfo } from './core/ports.js';
import type { DrivingRightsRecord, RightsRecord } from './core/rights.js';

// The shapes of what `--json` prints and the SDK returns. docs/reports.md and docs/schemas/ describe them.

/** Something that the result may suffer from, for people and programs. @public */
export interface Warning {
  /** Stable word to branch on, such as `PROFILE` or `MOUTH_HIDDEN`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
}

/** SHA-256 of what went in and what came out, 64 hex digits. @public */
export interface ClipHashes {
  /** In the order given. */
  readonly portraits: readonly string[];
  /** Of the driver's file. */
  readonly driving: string;
  /** Of the output file; of a sequence, one for each frame. */
  readonly output: readonly string[];
  /** Of the face landmark model. */
  readonly model: string;
}

/** What `animate` did. @public */
export interface AnimateReport {
  /** Path of the result, as given. */
  readonly output: string;
  /** Path of the signed record beside it; `null` when the signature is inside the file. */
  readonly sidecar: string | null;
  /** How many frames were written. */
  readonly frames: number;
  /** Frames a second; 0 for a single picture. */
  readonly fps: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 0 for a single picture. */
  readonly durationSeconds: number;
  /** What computed the frames. */
  readonly backend: string;
  /** The tier that drew them. */
  readonly quality: Quality;
  /** The trained network of that tier; `null` for `draft`, which has none. */
  readonly refiner: RefinerInfo | null;
  /** The sitter file that was used; `null` without one. */
  readonly personalized: { readonly file: string; readonly sha256: string; readonly photos: number; readonly created: string } | null;
  /** The face that was animated. */
  readonly face: AnimatedFace;
  /** 0-based frame of the driver that motion was measured from. */
  readonly referenceFrame: number;
  /** Stretches (0-based, inclusive) in which the driver's face wasn't seen and the motion was bridged. */
  readonly bridged: readonly { readonly from: number; readonly to: number }[];
  /** What the result may suffer from. */
  readonly warnings: readonly Warning[];
  /** How long each stage took. */
  readonly stages: Readonly<Record<TimedStage, StageTime>>;
  /** Wall-clock seconds from the call until the first frame was drawn. */
  readonly firstFrameSeconds: number;
  /** Wall-clock seconds of the whole call. */
  readonly seconds: number;
  /** Most memory that this process had held before signing, MB (1e6 bytes). */
  readonly peakMemoryMB: number;
  /** What `verify` finds in the result. */
  readonly disclosure: Readonly<Record<DisclosureLayer, LayerReport>>;
  /** As recorded in the file. */
  readonly rights: { readonly sitter: RightsRecord; readonly driver: DrivingRightsRecord };
  /** What went in and what came out. */
  readonly hashes: ClipHashes;
}

/** What fine-tuning changed at the eyes: errors on photos that were kept aside, mean absolute difference where it counts, 0..1. @public */
export interface PersonalizeGain {
  /** With the weights as they ship. */
  readonly before: number;
  /** With those in the file, a third of the way from the former to fine-tuned ones. */
  readonly after: number;
  /** Steps of training behind them; 0 = nothing was changed. */
  readonly steps: number;
}

/** What `personalize` did. @public */
export interface PersonalizeReport {
  /** Path of the sitter file, as given. */
  readonly output: string;
  /** Its size. */
  readonly bytes: number;
  /** Of the file, 64 hex digits. */
  readonly sha256: string;
  /** Photos that were learnt from. */
  readonly photos: number;
  /** The weights that it belongs to; with others it is refused. */
  readonly refiner: RefinerInfo;
  /** What computed it. */
  readonly backend: string;
  /** What it brings at the eyes; the mouth's network is only told of the sitter. */
  readonly gain: PersonalizeGain;
  /** Step at which work that had been stopped went on; 0 = from the start. */
  readonly resumedAt: number;
  /** What the result may suffer from. */
  readonly warnings: readonly Warning[];
  /** As kept in the file. */
  readonly rights: RightsRecord;
  /** ISO 8601. */
  readonly created: string;
  /** How long each stage took; they follow each other. */
  readonly stages: Readonly<Record<'read' | 'pairs' | 'train' | 'write', StageSeconds>>;
  /** Wall-clock seconds of the whole call. */
  readonly seconds: number;
}

/** One face of a picture. @public */
export interface FaceReport {
  /** What `face` and `--face` take: place among the faces sorted by area, from 0. */
  readonly index: number;
  /** Pixels. */
  readonly box: Box;
  /** Degrees: yaw to the right of the picture, pitch down, roll clockwise are positive. */
  readonly angles: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** What animating this face may suffer from. */
  readonly warnings: readonly Warning[];
}

/** What `detectFaces` found. @public */
export interface FacesReport {
  /** Path of the picture, as given. */
  readonly file: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Largest first. */
  readonly faces: readonly FaceReport[];
  /** Path of the overlay or landmark file that was written. */
  readonly output: string | null;
  /** How long each stage took; `detect` loads the detector, too. */
  readonly stages: Readonly<Record<'read' | 'detect' | 'write', StageSeconds>>;
}

/** Smallest and largest value. @public */
export interface ValueRange {
  /** Smallest. */
  readonly min: number;
  /** Largest. */
  readonly max: number;
}

/** What a motion file holds. @public */
export interface MotionReport {
  /** Path, as given. */
  readonly file: string;
  /** With and without a face. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** Length in seconds. */
  readonly durationSeconds: number;
  /** 0-based frame that motion is measured from. */
  readonly referenceFrame: number;
  /** Stretches (0-based, inclusive) in which the driver's face wasn't seen. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** How far the motion goes. */
  readonly ranges: {
    /** Degrees, to the right of the picture positive. */
    readonly yaw: ValueRange;
    /** Degrees, down positive. */
    readonly pitch: ValueRange;
    /** Degrees, clockwise positive. */
    readonly roll: ValueRange;
    /** Gap between the lips, in distances between the outer eye corners. */
    readonly mouth: ValueRange;
    /** Opening of the eyes; 1 as in the reference frame. */
    readonly eyes: ValueRange;
    /** Shift of the irises since the reference frame, in widths of the eye. */
    readonly gaze: ValueRange;
  };
  /** What made the file. */
  readonly tool: { readonly name: string; readonly version: string };
  /** The right to use the driver's performance. */
  readonly drivingRights: DrivingRightsRecord;
  /** How long reading the video took; only of `extractMotion`. */
  readonly stages?: Readonly<Record<'decode' | 'landmarks', StageTime>>;
  /** Wall-clock seconds of the whole call; only of `extractMotion`. */
  readonly seconds?: number;
}

/** One model. @public */
export interface ModelReport {
  /** What it is. */
  readonly name: string;
  /** `ready`, `missing` or `corrupt`. */
  readonly status: 'ready' | 'missing' | 'corrupt';
  /** Where it comes from, in a word or two. */
  readonly origin: string;
  /** 64 hex digits; `null` when it isn't there. */
  readonly sha256: string | null;
  /** Size; `null` when it isn't there. */
  readonly bytes: number | null;
  /** One sentence for people. */
  readonly detail: string;
}

/** The models of this package. @public */
export interface ModelsReport {
  /** The face landmarker first. */
  readonly models: readonly ModelReport[];
}

/** What works on this machine. @public */
export interface DoctorReport {
  /** This package. */
  readonly tool: { readonly name: string; readonly version: string };
  /** Version of Node. */
  readonly node: string;
  /** For example `linux-x64`. */
  readonly platform: string;
  /** Logical processors. */
  readonly cpus: number;
  /** Every tensor backend, and whether it works here. */
  readonly backends: readonly BackendProbe[];
  /** What `auto` takes, and why. */
  readonly chosen: { readonly name: string; readonly reason: string } | null;
  /** As {@link listModels} says. */
  readonly models: readonly ModelReport[];
  /** ffmpeg and ffprobe. */
  readonly media: readonly { readonly name: string; readonly path: string | null; readonly version: string | null; readonly detail: string }[];
  /** What to do for more, in sentences. */
  readonly advice: readonly string[];
}

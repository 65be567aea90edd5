import type { Frame } from '../core/frame.js';
import type { DrivingRightsRecord } from '../core/rights.js';
import type { DriverView, FaceState } from '../core/motion.js';
import type { Generator } from '../core/ports.js';
import type { MotionRegion } from '../motion/regions.js';
import type { TargetStep } from '../motion/player.js';

/** How the performance is put on the sitter. */
export interface TransferPlan {
  /** The sitter at rest. */
  readonly source: FaceState;
  readonly mode: 'relative' | 'absolute';
  readonly amplitude: number;
  readonly smooth: number;
  readonly region: MotionRegion;
}

/** The driver at one frame. `M` is what its motion is measured in: a detected face, or motion that was saved. */
export interface DriverMoment<M> {
  /** 0-based, counted from the driver's start. */
  readonly index: number;
  /** Seconds from the driver's start. */
  readonly time: number;
  /** `undefined` when the face wasn't seen. */
  readonly motion: M | undefined;
  /** The driver's picture and points; `undefined` without a face or without pixels. */
  readonly view: DriverView | undefined;
  /** The driver's picture for a comparison, also without a face; `undefined` without pixels. */
  readonly picture: Frame | undefined;
  /** Gives the picture's memory back. */
  release(): void;
}

/** Turns moments into target faces, in order; it may hold some back. */
export interface Transfer<M> {
  push(moment: Pick<DriverMoment<M>, 'index' | 'time' | 'motion'>): readonly TargetStep[];
  flush(): readonly TargetStep[];
  /** Runs of frames, first and last included, in which the driver was not seen, so far. */
  readonly bridged: readonly { readonly from: number; readonly to: number }[];
}

/** What moves the sitter: a video, a picture or a motion file. */
export interface Driver<M = unknown> {
  readonly kind: 'video' | 'picture' | 'motion';
  /** Frames a second. */
  readonly fps: number;
  /** Best guess; `undefined` when unknown. */
  readonly frames: number | undefined;
  /** The frame that motion is measured from: its 0-based number, and its picture where pixels may be used. */
  readonly reference: { readonly index: number; readonly view: DriverView | undefined };
  /** What the driver's file states about the right to use it. */
  readonly rights?: DrivingRightsRecord;
  /** Shows the generator the driver at rest, where pixels may be used, and lets the pictures go. */
  introduce?(generator: Pick<Generator, 'setDriverReference'>): void;
  transfer(plan: TransferPlan): Transfer<M>;
  /** In order, once. Every moment must be released. */
  moments(): AsyncIterable<DriverMoment<M>>;
  /** What the driver's file suffers from; complete at the end. */
  warnings(): readonly { readonly code: string; readonly message: string }[];
  close(): Promise<void>;
}

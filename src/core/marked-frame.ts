import type { TimedFrame } from './frame.js';

declare const marked: unique symbol;
declare const recorded: unique symbol;

/**
 * A frame that carries the visible badge and the invisible mark. Encoders take nothing else.
 *
 * @public
 */
export interface MarkedFrame extends TimedFrame {
  /** Brand: only provenance can make one. */
  readonly [marked]: true;
}

const registry = new WeakSet<object>();
let authorityTaken = false;

/**
 * Hands out, once per process, the right to brand frames. provenance/ takes it when it is loaded; nobody else can after.
 */
export function takeMarkAuthority(): (frame: TimedFrame) => MarkedFrame {
  if (authorityTaken) throw new Error('The authority to mark frames has already been taken by provenance.');
  authorityTaken = true;
  return (frame) => {
    registry.add(frame);
    return frame as MarkedFrame;
  };
}

/** True when `frame` was branded by provenance (checked at run time too: types can be cast away). */
export function isMarked(frame: object): frame is MarkedFrame {
  return registry.has(frame);
}

/**
 * A frame of a recording: what a camera saw, decoded from a file that says nothing of being synthetic. The bona fide side of
 * a corpus; it carries no disclosure because there is nothing to disclose.
 */
export interface RecordedFrame extends TimedFrame {
  /** Brand: only provenance can make one, from a file that it has examined. */
  readonly [recorded]: true;
}

const recordedRegistry = new WeakSet<object>();
let recordingAuthorityTaken = false;

/** Hands out, once per process, the right to brand frames of recordings. provenance/ takes it when it is loaded. */
export function takeRecordingAuthority(): (frame: TimedFrame) => RecordedFrame {
  if (recordingAuthorityTaken) throw new Error('The authority to pass recordings has already been taken by provenance.');
  recordingAuthorityTaken = true;
  return (frame) => {
    recordedRegistry.add(frame);
    return frame as RecordedFrame;
  };
}

/** True when `frame` was branded by provenance as part of a recording. */
export function isRecorded(frame: object): frame is RecordedFrame {
  return recordedRegistry.has(frame);
}

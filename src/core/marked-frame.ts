import type { TimedFrame } from './frame.js';

declare const marked: unique symbol;

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

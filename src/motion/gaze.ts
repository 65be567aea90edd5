import type { EyeTopology } from '../geometry/face-topology.js';
import { eyeFrame, inEye } from './eye-frame.js';

/** Where the centre of an iris may be along the eye, in its widths: the range of real eyes (MediaPipe: 0.37-0.67). */
const NEAREST_CORNER = 0.24;
/** How far it may be above or below the middle of the usual place, in widths of the eye. */
const UP_DOWN = 0.12;
/** Half of the shift range in which the limit is not felt. */
const FREE = 0.5;

/** Shifts both irises by the same gaze; each is kept inside its eye. Radius and catch-light geometry stay. */
export function moveIris(canonical: Float32Array, eye: EyeTopology, along: number, down: number): void {
  if (along === 0 && down === 0) return;
  const frame = eyeFrame(canonical, eye);
  const [u] = inEye(canonical, eye.iris[0], frame);
  const shiftAlong = along < 0 ? -bounded(-along, u - NEAREST_CORNER) : bounded(along, 1 - NEAREST_CORNER - u);
  const shiftDown = down < 0 ? -bounded(-down, UP_DOWN) : bounded(down, UP_DOWN);
  const dx = frame.width * (shiftAlong * frame.alongX - shiftDown * frame.alongY);
  const dy = frame.width * (shiftAlong * frame.alongY + shiftDown * frame.alongX);
  for (const i of eye.iris) {
    canonical[3 * i]! += dx;
    canonical[3 * i + 1]! += dy;
  }
}

/** Identity up to a part of the room, then eased so that the room is never left. */
function bounded(shift: number, room: number): number {
  if (room <= 0) return 0;
  const free = FREE * room;
  return shift <= free ? shift : free + (room - free) * Math.tanh((shift - free) / (room - free));
}

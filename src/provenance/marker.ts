import { VivantError } from '../core/errors.js';
import type { Box, TimedFrame } from '../core/frame.js';
import { type MarkedFrame, takeMarkAuthority } from '../core/marked-frame.js';
import { createBadge } from './badge/badge.js';
import { createInvisibleEmbedder } from './invisible/embed.js';

/** How one clip is marked. */
export interface MarkerOptions {
  /** Of every frame, pixels, at least 1. */
  readonly width: number;
  readonly height: number;
  /** Unsigned 32-bit number that the invisible mark carries: it names the clip. */
  readonly payload: number;
  /** Where the face is, pixels; the badge goes to a corner that leaves it free. */
  readonly face?: Box;
  /** Language of the badge, `LANG` or BCP 47 style (`fr_FR.UTF-8`, `pt-BR`). Default English. */
  readonly language?: string;
}

/** Marks the frames of one clip. */
export interface Marker {
  /** Where the visible badge lies, pixels. */
  readonly badge: Box;
  /**
   * Writes the invisible mark, then the visible badge, into the frame's pixels.
   *
   * @returns A frame that encoders take, with the same pixels; `frame` itself stays unmarked for them, so that a
   * buffer that is drawn anew can't slip through under an old mark.
   * @throws VivantError `INTERNAL` when the frame has another size than the marker.
   */
  mark(frame: TimedFrame): MarkedFrame;
}

const brand = takeMarkAuthority();

/**
 * Makes a marker.
 *
 * @throws VivantError `INTERNAL` when the payload is not an unsigned 32-bit integer or the size not whole pixels.
 */
export function createMarker({ width, height, payload, face, language }: MarkerOptions): Marker {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new VivantError('INTERNAL', `Expected a whole frame size in pixels for the marker but received ${width}x${height}.`);
  }
  if (payload >>> 0 !== payload) {
    throw new VivantError('INTERNAL', `Expected an unsigned 32-bit integer as payload of the invisible mark but received ${payload}.`);
  }
  const invisible = createInvisibleEmbedder(width, height, payload);
  const badge = createBadge(width, height, face, language);
  return {
    badge: badge.box,
    mark(frame) {
      if (frame.width !== width || frame.height !== height || frame.data.length !== width * height * 4) {
        throw new VivantError(
          'INTERNAL',
          `Expected RGBA frames of ${width}x${height} for the marker but received ${frame.width}x${frame.height} with ${frame.data.length} bytes.`,
        );
      }
      invisible.embed(frame);
      badge.draw(frame);
      const { data, index, time } = frame;
      return brand({ data, width, height, index, time });
    },
  };
}

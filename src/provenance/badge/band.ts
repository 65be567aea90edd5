import type { Box, Frame } from '../../core/frame.js';
import { createBadge } from './badge.js';
import { plateSize } from './plate.js';

/** A strip below the picture: it bears the badge where the picture itself must stay as it is. */
export interface Band {
  /** Where the picture lies in the enlarged frame, pixels. */
  readonly picture: Box;
  /** Where the band lies in the enlarged frame, pixels. */
  readonly box: Box;
  /** Where the badge is drawn in the enlarged frame, pixels. */
  readonly badge: Box;
  /** Of the enlarged frame, pixels. */
  readonly width: number;
  readonly height: number;
  /** Copies `frame` into the upper part of an enlarged frame and blanks the band. The memory is reused for the next frame. */
  extend(frame: Frame): Frame;
  /** Draws the badge into the band of an enlarged frame, in place. */
  draw(frame: Frame): void;
}

/** Height of a capital letter in the band, part of the picture's shorter side, and at least so many pixels. */
const CAP_SHARE = 0.016;
const LEAST_CAP = 10;
/** Above and below the badge, heights of a capital letter. */
const MARGIN = 0.9;
/** Opaque dark grey, ABGR. */
const GREY = 0xff202020;

/** Height of the band for a picture, pixels; even, so that an even picture stays even. */
export function bandHeight(width: number, height: number): number {
  const cap = Math.max(LEAST_CAP, Math.round(CAP_SHARE * Math.min(width, height)));
  const needed = Math.ceil(plateSize('').height * cap) + 2 * Math.round(MARGIN * cap);
  return needed + (needed % 2);
}

/**
 * Makes a band for pictures of one size.
 *
 * @param width - Of the picture, pixels.
 * @param height - Of the picture, pixels.
 */
export function createBand(width: number, height: number, language: string | undefined): Band {
  const rows = bandHeight(width, height);
  const badge = createBadge(width, rows, undefined, language);
  const total = height + rows;
  const data = new Uint8ClampedArray(width * total * 4);
  const words = new Uint32Array(data.buffer);
  const start = width * height;
  return {
    picture: { x: 0, y: 0, width, height },
    box: { x: 0, y: height, width, height: rows },
    badge: { ...badge.box, y: badge.box.y + height },
    width,
    height: total,
    extend(frame) {
      data.set(frame.data);
      words.fill(GREY, start);
      return { data, width, height: total };
    },
    draw(frame) {
      badge.draw({ data: frame.data.subarray(start * 4), width, height: rows });
    },
  };
}

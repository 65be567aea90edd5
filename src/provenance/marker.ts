import { VivantError } from '../core/errors.js';
import type { Box, TimedFrame } from '../core/frame.js';
import { type MarkedFrame, takeMarkAuthority } from '../core/marked-frame.js';
import { createBadge } from './badge/badge.js';
import { createBand } from './badge/band.js';
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
  /** Where the visible badge lies, pixels of a marked frame. */
  readonly badge: Box;
  /** Of marked frames, pixels. */
  readonly width: number;
  readonly height: number;
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
  checkOptions(width, height, payload);
  const invisible = createInvisibleEmbedder(width, height, payload);
  const badge = createBadge(width, height, face, language);
  return {
    badge: badge.box,
    width,
    height,
    mark(frame) {
      checkFrame(frame, width, height);
      invisible.embed(frame);
      badge.draw(frame);
      const { data, index, time } = frame;
      return brand({ data, width, height, index, time });
    },
  };
}

/** A marker that puts the badge below the picture. */
export interface BandMarker extends Marker {
  /** Where the picture lies in a marked frame, pixels. */
  readonly picture: Box;
  /** Where the band with the badge lies in a marked frame, pixels. */
  readonly band: Box;
}

/**
 * Makes a marker for research clips: the badge is drawn, as always, but into a band that is added below the picture, so that a
 * crop of the face isn't labelled by a logo. The invisible mark covers the whole enlarged frame. Only the corpus room asks for
 * it (lint holds it to that).
 *
 * Marked frames have memory of their own, reused for the next one.
 *
 * @throws VivantError `INTERNAL` as {@link createMarker}
 */
export function createBandMarker({ width, height, payload, language }: Omit<MarkerOptions, 'face'>): BandMarker {
  checkOptions(width, height, payload);
  const band = createBand(width, height, language);
  const invisible = createInvisibleEmbedder(band.width, band.height, payload);
  return {
    badge: band.badge,
    width: band.width,
    height: band.height,
    picture: band.picture,
    band: band.box,
    mark(frame) {
      checkFrame(frame, width, height);
      const enlarged = band.extend(frame);
      invisible.embed(enlarged);
      band.draw(enlarged);
      return brand({ ...enlarged, index: frame.index, time: frame.time });
    },
  };
}

/**
 * Marks still face crops that are taken out of a marked research clip. They have no room for a badge outside the face: they
 * carry the invisible mark here, XMP in their files, and the signed list of hashes of the export they belong to. Only the
 * corpus room asks for it (lint holds it to that).
 *
 * @throws VivantError `INTERNAL` as {@link createMarker}
 */
export function createCropMarker({ width, height, payload }: Pick<MarkerOptions, 'width' | 'height' | 'payload'>): Pick<Marker, 'mark'> {
  checkOptions(width, height, payload);
  const invisible = createInvisibleEmbedder(width, height, payload);
  return {
    mark(frame) {
      checkFrame(frame, width, height);
      invisible.embed(frame);
      const { data, index, time } = frame;
      return brand({ data, width, height, index, time });
    },
  };
}

function checkOptions(width: number, height: number, payload: number): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new VivantError('INTERNAL', `Expected a whole frame size in pixels for the marker but received ${width}x${height}.`);
  }
  if (payload >>> 0 !== payload) {
    throw new VivantError('INTERNAL', `Expected an unsigned 32-bit integer as payload of the invisible mark but received ${payload}.`);
  }
}

function checkFrame(frame: TimedFrame, width: number, height: number): void {
  if (frame.width === width && frame.height === height && frame.data.length === width * height * 4) return;
  throw new VivantError(
    'INTERNAL',
    `Expected RGBA frames of ${width}x${height} for the marker but received ${frame.width}x${frame.height} with ${frame.data.length} bytes.`,
  );
}

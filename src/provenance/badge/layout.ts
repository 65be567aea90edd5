import type { Box } from '../../core/frame.js';
import { plateSize } from './plate.js';
import type { BadgeText } from './text.js';

/** Which badge goes where. */
export interface BadgeLayout {
  /** Beside the icon; empty for the icon alone. */
  readonly text: string;
  /** Height of a capital letter, whole pixels. */
  readonly cap: number;
  /** Top left corner of the plate, whole pixels. */
  readonly x: number;
  readonly y: number;
}

/** Height of a capital letter: this part of the shorter side, */
const CAP_SHARE = 0.016;
/** but legible, pixels. */
const LEAST_CAP = 10;
/** A text may take this part of the picture's width. */
const WIDEST = 0.62;
/** Between plate and picture edge, heights of a capital letter. */
const MARGIN = 0.9;
/** The face is given this much room, part of its size on each side. */
const FACE_ROOM = 0.05;

function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, w) * Math.max(0, h);
}

/**
 * Chooses text, size and corner: bottom right if that leaves the face free, else the corner that covers least of it.
 *
 * @param width - Of the picture, pixels.
 * @param height - Of the picture, pixels.
 * @param face - What to keep free, pixels.
 */
export function layOutBadge(width: number, height: number, words: BadgeText, face: Box | undefined): BadgeLayout {
  const wanted = Math.max(LEAST_CAP, Math.round(CAP_SHARE * Math.min(width, height)));
  const fits = (text: string) => plateSize(text).width * wanted <= WIDEST * width;
  const text = [words.long, words.short].find(fits) ?? '';
  const size = plateSize(text);
  // A picture smaller than the icon gets a smaller icon.
  const cap = Math.max(1, Math.min(wanted, Math.floor(Math.min(width / size.width, height / size.height))));
  const plateWidth = Math.ceil(size.width * cap);
  const plateHeight = Math.ceil(size.height * cap);
  const marginX = Math.max(0, Math.min(Math.round(MARGIN * cap), width - plateWidth));
  const marginY = Math.max(0, Math.min(Math.round(MARGIN * cap), height - plateHeight));
  const left = marginX;
  const right = Math.max(0, width - marginX - plateWidth);
  const top = marginY;
  const bottom = Math.max(0, height - marginY - plateHeight);
  const room: Box =
    face === undefined
      ? { x: 0, y: 0, width: 0, height: 0 }
      : {
          x: face.x - FACE_ROOM * face.width,
          y: face.y - FACE_ROOM * face.height,
          width: face.width * (1 + 2 * FACE_ROOM),
          height: face.height * (1 + 2 * FACE_ROOM),
        };
  let best = { x: right, y: bottom };
  let least = Infinity;
  for (const [x, y] of [[right, bottom], [left, bottom], [right, top], [left, top]] as const) {
    const covered = overlap({ x, y, width: plateWidth, height: plateHeight }, room);
    if (covered < least) [best, least] = [{ x, y }, covered];
  }
  return { text, cap, ...best };
}

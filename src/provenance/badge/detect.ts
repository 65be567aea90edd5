import type { Frame } from '../../core/frame.js';
import { drawPlate } from './plate.js';
import { BADGE_TEXTS } from './text.js';
import { createTemplate, matchAt, matchBest, type Template } from './match.js';
import { createLumaAverage, type LumaPicture, mirrorPicture, scalePicture } from './picture.js';

/** What was seen. */
export interface BadgeResult {
  /** A badge was recognised, icon and text. */
  readonly found: boolean;
  /** Normalised correlation of the best badge with the picture, -1..1. */
  readonly score: number;
  /** The badge is a mirror image. */
  readonly mirrored: boolean;
}

/** Looks for the visible badge in a clip. */
export interface BadgeDetector {
  /** Takes one frame; a handful spread over a clip are enough. All have the size of the first. */
  add(frame: Frame): void;
  /** Searches the average of the frames. */
  result(): BadgeResult;
}

/** Least correlation of a badge with text; real ones score above 0.9, also at half the size. */
export const BADGE_THRESHOLD = 0.6;
/** The icon alone is small and is met by chance more easily (0.67 was seen in unmarked clips), so it must fit better. */
export const ICON_THRESHOLD = 0.85;

/** Pictures are brought to scales at which capitals have this height, pixels: small, to be quick, but still distinct. */
const SEARCH_CAP = 5;
/** Heights of capitals looked for, pixels of the working picture. */
const LEAST_CAP = 4;
const MOST_CAP = 16;
const CAP_STEP = 1.06;
/** Badges lie within this share of the height from the upper or lower edge, or this many pixels at search scale. */
const STRIP_SHARE = 0.12;
const STRIP_LEAST = 26;
/** A whole badge that is a little larger than its icon said, or lies a little further in, reaches over the strip by less than this. */
const BESIDE_STRIP = 4;
/** Guesses of the icon that are compared with whole badges. */
const KEPT = 6;
const LEAST_ICON_SCORE = 0.5;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly score: number;
  readonly cap: number;
  readonly mirrored: boolean;
}

const texts = [...new Set(Object.values(BADGE_TEXTS).flatMap(({ long, short }) => [long, short]))];

/** Rows at the upper and the lower edge of a picture of this height in which badges lie. */
function stripOf(height: number): number {
  return Math.min(height, Math.max(STRIP_LEAST, Math.round(STRIP_SHARE * height)));
}

/** Best few places of the icon at one scale. */
function findIcon(picture: LumaPicture, icon: Template, cap: number, mirrored: boolean, best: Place[]): void {
  const strip = stripOf(picture.height);
  for (const from of [0, picture.height - strip]) {
    for (const { x, y, score } of matchBest(picture, icon, from, from + strip, LEAST_ICON_SCORE)) {
      const same = best.findIndex((b) => b.cap === cap && b.mirrored === mirrored && Math.abs(b.x - x) <= 2 && Math.abs(b.y - y) <= 2);
      if (same < 0) best.push({ x, y, score, cap, mirrored });
      else if (best[same]!.score < score) best[same] = { x, y, score, cap, mirrored };
    }
  }
  best.sort((a, b) => b.score - a.score);
  best.length = Math.min(best.length, KEPT);
}

/** Sizes of whole badges that are tried around the icon's: a long text must fit to a hundredth. */
const SIZES = [0.96, 0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.03, 1.04];

/** Templates of whole badges, made on first use. */
const templates = new Map<string, readonly Template[]>();
function templatesOf(text: string): readonly Template[] {
  const made = templates.get(text) ?? SIZES.map((size) => createTemplate(drawPlate(text, SEARCH_CAP * size)));
  templates.set(text, made);
  return made;
}

/** Correlation of whole badges near a place of the icon. */
function verify(picture: LumaPicture, place: Place): { readonly score: number; readonly withText: boolean } {
  let best = { score: -1, withText: false };
  for (const text of ['', ...texts]) {
    let score = -1;
    for (const template of templatesOf(text)) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) score = Math.max(score, matchAt(picture, template, place.x + dx, place.y + dy));
      }
    }
    const passes = score >= (text === '' ? ICON_THRESHOLD : BADGE_THRESHOLD);
    const bestPasses = best.score >= (best.withText ? BADGE_THRESHOLD : ICON_THRESHOLD);
    if (passes === bestPasses ? score > best.score : passes) best = { score, withText: text !== '' };
  }
  return best;
}

/** Makes a detector for one clip or picture. */
export function createBadgeDetector(): BadgeDetector {
  const average = createLumaAverage();
  return {
    add: (frame) => average.add(frame),
    result() {
      const picture = average.picture();
      if (picture === undefined) return { found: false, score: 0, mirrored: false };
      const places: Place[] = [];
      const icon = createTemplate(drawPlate('', SEARCH_CAP));
      const views = [picture, mirrorPicture(picture)];
      const scaled = ({ cap, mirrored }: { cap: number; mirrored: boolean }, strip?: typeof stripOf) => scalePicture(views[mirrored ? 1 : 0]!, SEARCH_CAP / cap, strip);
      for (let cap = LEAST_CAP; cap <= MOST_CAP; cap *= CAP_STEP) {
        for (const mirrored of [false, true]) findIcon(scaled({ cap, mirrored }, stripOf), icon, cap, mirrored, places);
      }
      let result: BadgeResult = { found: false, score: 0, mirrored: false };
      for (const place of places) {
        const { score, withText } = verify(scaled(place, (height) => stripOf(height) + BESIDE_STRIP), place);
        const found = score >= (withText ? BADGE_THRESHOLD : ICON_THRESHOLD);
        if ((found && !result.found) || (found === result.found && score > result.score)) result = { found, score, mirrored: place.mirrored };
      }
      return result;
    },
  };
}

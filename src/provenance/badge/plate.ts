import { CAP_HEIGHT, GLYPHS } from './glyphs.js';
import { addRoundedRectangle, type CoverageCanvas, createCoverageCanvas } from './raster.js';

/** A drawn badge, ready to be blended: `out = in * (1 - alpha) + colour`, grey. */
export interface BadgePlate {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0..1. */
  readonly alpha: Float32Array;
  /** `[height, width]`, 0..255, already multiplied by alpha. */
  readonly colour: Float32Array;
}

/** All measures in heights of a capital letter. */
const EDGE = 0.42; // from the plate's edge to the icon
const ICON_HEIGHT = 1.7;
const ICON_SIDES = 0.4; // from the icon's edge to its letters
const ICON_RADIUS = 0.38;
const GAP = 0.55; // from the icon to the text
const TEXT_END = 0.75; // from the text to the plate's edge
const TRACKING = 0.06; // between letters
const PLATE_HEIGHT = ICON_HEIGHT + 2 * EDGE;
const PLATE_RADIUS = 0.7;
/** Letters of the icon, in every language. */
const ICON_TEXT = 'AI';

const PLATE_ALPHA = 0.68;
const PLATE_GREY = 18;
const INK_ALPHA = 0.96;
const INK_GREY = 250;

/** Width of a line of text, heights of a capital letter. */
function textWidth(text: string): number {
  let units = 0;
  for (const letter of text) units += GLYPHS[letter]![0] / CAP_HEIGHT + TRACKING;
  return units - TRACKING;
}

const iconWidth = textWidth(ICON_TEXT) + 2 * ICON_SIDES;

/**
 * Size of a badge.
 *
 * @param text - Beside the icon; empty for the icon alone.
 * @returns Heights of a capital letter.
 */
export function plateSize(text: string): { readonly width: number; readonly height: number } {
  const tail = text === '' ? EDGE : GAP + textWidth(text) + TEXT_END;
  return { width: EDGE + iconWidth + tail, height: PLATE_HEIGHT };
}

function addText(canvas: CoverageCanvas, text: string, left: number, baseline: number, cap: number): void {
  const scale = cap / CAP_HEIGHT;
  let pen = left;
  for (const letter of text) {
    const [advance, outline] = GLYPHS[letter]!;
    let [x, y, startX, startY] = [0, 0, 0, 0];
    for (const [, command, numbers] of outline.matchAll(/([MLQZ])([^MLQZ]*)/g)) {
      const n = numbers!.split(' ').map((value, i) => (i % 2 === 0 ? pen + Number(value) * scale : baseline - Number(value) * scale));
      if (command === 'M') [startX, startY] = [n[0]!, n[1]!];
      else if (command === 'L') canvas.line(x, y, n[0]!, n[1]!);
      else if (command === 'Q') canvas.curve(x, y, n[0]!, n[1]!, n[2]!, n[3]!);
      else canvas.line(x, y, startX, startY);
      [x, y] = command === 'Z' ? [startX, startY] : [n.at(-2)!, n.at(-1)!];
    }
    pen += advance * scale + TRACKING * cap;
  }
}

/**
 * Draws a badge: a dark, translucent plate, a light icon with "AI" cut out, and the text beside it.
 *
 * @param text - Letters of {@link GLYPHS}; empty for the icon alone.
 * @param cap - Height of a capital letter, pixels; whole numbers look crispest.
 */
export function drawPlate(text: string, cap: number): BadgePlate {
  const size = plateSize(text);
  const width = Math.ceil(size.width * cap);
  const height = Math.ceil(size.height * cap);
  const baseline = Math.round((height + cap) / 2);
  const fill = (draw: (canvas: CoverageCanvas) => void): Float32Array => {
    const canvas = createCoverageCanvas(width, height);
    draw(canvas);
    return canvas.coverage();
  };
  const plate = fill((c) => addRoundedRectangle(c, 0, 0, width, height, PLATE_RADIUS * cap));
  const icon = fill((c) => addRoundedRectangle(c, EDGE * cap, EDGE * cap, iconWidth * cap, height - 2 * EDGE * cap, ICON_RADIUS * cap));
  const cut = fill((c) => addText(c, ICON_TEXT, (EDGE + ICON_SIDES) * cap, baseline, cap));
  const words = fill((c) => addText(c, text, (EDGE + iconWidth + GAP) * cap, baseline, cap));
  const alpha = new Float32Array(width * height);
  const colour = new Float32Array(width * height);
  for (let i = 0; i < alpha.length; i++) {
    const ink = INK_ALPHA * Math.min(1, icon[i]! * (1 - cut[i]!) + words[i]!);
    const back = PLATE_ALPHA * plate[i]! * (1 - ink);
    alpha[i] = ink + back;
    colour[i] = ink * INK_GREY + back * PLATE_GREY;
  }
  return { width, height, alpha, colour };
}

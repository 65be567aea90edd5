import { GLYPHS } from './glyphs.js';

/** How a piece of text is drawn. */
export interface TextStyle {
  /** Pixels an em. */
  readonly size: number;
  readonly fill?: string | undefined;
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
  /** Degrees, clockwise. */
  readonly rotate?: number | undefined;
}

/** Width of a text, pixels. */
export function textWidth(text: string, size: number): number {
  return ([...text].reduce((sum, letter) => sum + glyph(letter)[0], 0) * size) / 1000;
}

/** A text as outlines, its baseline at (x, y): it looks the same with and without fonts. */
export function drawText(text: string, x: number, y: number, { size, fill = '#222', anchor = 'start', rotate = 0 }: TextStyle): string {
  const width = (textWidth(text, size) * 1000) / size;
  let pen = anchor === 'start' ? 0 : anchor === 'middle' ? -width / 2 : -width;
  let outlines = '';
  for (const letter of text) {
    const [advance, outline] = glyph(letter);
    if (outline !== '') outlines += `<path transform="translate(${pen.toFixed(0)} 0)" d="${outline}"/>`;
    pen += advance;
  }
  const turn = rotate === 0 ? '' : ` rotate(${String(rotate)})`;
  const scale = size / 1000;
  return `<g role="img" aria-label="${escapeXml(text)}" fill="${fill}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})${turn} scale(${String(scale)} ${String(-scale)})">${outlines}</g>`;
}

/** For text and attribute values of XML and HTML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${String(letter.charCodeAt(0))};`);
}

function glyph(letter: string): readonly [advance: number, outline: string] {
  return GLYPHS[letter] ?? GLYPHS['?']!;
}

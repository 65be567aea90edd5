"""Writes src/corpus-report/charts/glyphs.ts: outlines of a font, so that charts need none.

    npm pack @fontsource/barlow-semi-condensed@5 && tar xzf fontsource-barlow-semi-condensed-*.tgz
    pip install fonttools brotli
    python scripts/chart-glyphs.py package/files/barlow-semi-condensed-latin-500-normal.woff2
"""
import sys
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

CHARACTERS = "".join(chr(c) for c in range(32, 127)) + "·×–"

font = TTFont(sys.argv[1])
glyphs, names = font.getGlyphSet(), font.getBestCmap()
lines = []
for character in CHARACTERS:
    name = names.get(ord(character))
    if name is None:
        continue
    pen = SVGPathPen(glyphs, ntos=lambda value: str(round(value)))
    glyphs[name].draw(pen)
    key = "'\\''" if character == "'" else "'\\\\'" if character == "\\" else f"'{character}'"
    lines.append(f"  {key}: [{glyphs[name].width}, '{pen.getCommands()}'],")
head = """/**
 * Outlines of the letters of charts, so that no font is needed: Barlow Semi Condensed Medium 500,
 * Copyright 2017 The Barlow Project Authors (https://github.com/jpt/barlow), SIL Open Font License 1.1;
 * taken from npm `@fontsource/barlow-semi-condensed` 5 by scripts/chart-glyphs.py.
 *
 * Each entry: advance width, then the outline in SVG's path grammar, 1000 units an em, y up, baseline at 0.
 */
export const GLYPHS: Readonly<Record<string, readonly [advance: number, outline: string]>> = {
"""
out = Path(__file__).parent.parent / "src/corpus-report/charts/glyphs.ts"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(head + "\n".join(lines) + "\n};\n")
print(len(lines), "glyphs,", out.stat().st_size, "bytes")

import sharp from 'sharp';

/** Dots an inch that give twice the pixels of the SVG's own size. */
const DOUBLE = 144;

/** A chart as PNG, twice its size in pixels. Text must be outlines: there may be no font here. */
export async function chartToPng(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: DOUBLE }).png({ compressionLevel: 9, palette: true }).toBuffer();
}

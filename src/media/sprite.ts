import sharp from 'sharp';
import type { Frame } from '../core/frame.js';

/** Reads one of the package's own pictures with its transparency, at its own size. */
export async function readSprite(path: string): Promise<Frame> {
  const { data, info } = await sharp(path).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width: info.width, height: info.height };
}

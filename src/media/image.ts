import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import type { Metadata, Sharp } from 'sharp';
import type { Frame } from '../core/frame.js';
import { checkInput, unreadable } from './input-file.js';
import { BACKGROUND } from './flatten.js';
import { withinArea, withinSide } from './working-size.js';
import type { Size } from './working-size.js';

// libvips keeps files open and answers from its cache after a file was replaced under the same name.
sharp.cache(false);

/** Pixels of the largest scan that is opened: 1 gigapixel. */
const INPUT_PIXEL_LIMIT = 1e9;

export interface ReadImageOptions {
  /** Pixels in all; larger pictures are scaled down while they are decoded. */
  readonly maxPixels?: number | undefined;
  /** Longest side, pixels; never enlarges. */
  readonly maxSide?: number | undefined;
}

/** A picture at working size. */
export interface ReadImage {
  /** Upright, sRGB, opaque (transparent parts on white). Own memory. */
  readonly frame: Frame;
  /** Pixels of the file, upright. */
  readonly nativeWidth: number;
  readonly nativeHeight: number;
  /** Hex SHA-256 of the file. */
  readonly sha256: string;
  /** For example `image/jpeg`. */
  readonly mime: string;
}

/** What a picture file says about itself. */
export interface PictureInfo extends Size {
  /** `jpeg`, `png`, `webp`, `tiff`, `avif`, `gif`. */
  readonly format: string;
  /** No EXIF orientation turns it. */
  readonly upright: boolean;
  /** 1 for a still; frames of an animated GIF or WebP. */
  readonly pages: number;
  /** Milliseconds of each page, when animated. */
  readonly delays: readonly number[];
  /** PNG text entries, keys in lower case. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads JPEG, PNG, WebP, TIFF, AVIF or (the first frame of) GIF: EXIF orientation applied; any ICC profile, CMYK, grey or
 * 16 bit turned into 8-bit sRGB.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`.
 */
export async function readImage(path: string, options: ReadImageOptions = {}): Promise<ReadImage> {
  const info = await pictureInfo(path);
  const size = withinArea(withinSide(info, options.maxSide), options.maxPixels);
  try {
    const [pixels, sha256] = await Promise.all([toSrgb(open(path), size), hashFile(path)]);
    return {
      frame: { data: pixels, ...size },
      nativeWidth: info.width,
      nativeHeight: info.height,
      sha256,
      mime: `image/${info.format}`,
    };
  } catch (error) {
    throw unreadable(path, `the picture can't be decoded (${reasonOf(error)})`, error);
  }
}

/**
 * Reads the header of a picture.
 *
 * @throws VivantError `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA` (also for a file that is no picture).
 */
export async function pictureInfo(path: string): Promise<PictureInfo> {
  const format = await checkInput(path);
  if (format === undefined) throw unreadable(path, 'it is no JPEG, PNG, WebP, TIFF, AVIF or GIF');
  let header: Metadata;
  try {
    header = await open(path).metadata();
  } catch (error) {
    throw unreadable(path, `the picture's header can't be read (${reasonOf(error)})`, error);
  }
  const orientation = header.orientation ?? 1;
  const turned = orientation >= 5;
  return {
    width: turned ? header.height : header.width,
    height: turned ? header.width : header.height,
    format,
    upright: orientation === 1,
    // A TIFF's pages are not an animation.
    pages: format === 'gif' || format === 'webp' ? (header.pages ?? 1) : 1,
    delays: header.delay ?? [],
    tags: Object.fromEntries((header.comments ?? []).map(({ keyword, text }) => [keyword.toLowerCase(), text])),
  };
}

/** Decodes one picture (or one page) upright to opaque 8-bit sRGB RGBA of exactly `size`. */
export async function toSrgb(picture: Sharp, size: Size): Promise<Uint8ClampedArray> {
  const background = { r: BACKGROUND, g: BACKGROUND, b: BACKGROUND };
  const pixels = await picture
    .autoOrient()
    .resize({ ...size, fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
    .flatten({ background })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
  return new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
}

function open(path: string): Sharp {
  // Scans with odd but harmless warnings must open; truncated ones must not.
  return sharp(path, { failOn: 'truncated', limitInputPixels: INPUT_PIXEL_LIMIT });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

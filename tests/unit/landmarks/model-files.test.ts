import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import { assembleModel } from '#dist/landmarks/model/assembled-model.js';
import { BUNDLE_ENTRIES, checkBundle, packBundle } from '#dist/landmarks/model/bundle.js';
import { cachedModelPath, defaultCacheDir } from '#dist/landmarks/model/model-cache.js';
import { pullOfficialModel } from '#dist/landmarks/model/model-pull.js';
import { resolveModel } from '#dist/landmarks/model/model.js';
import { summariseGraph } from '#dist/landmarks/model/tflite.js';

const assembled = await assembleModel();
const files = unzipSync(assembled) as Record<(typeof BUNDLE_ENTRIES)[number], Uint8Array>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivant-models-'));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof VivantError ? error.code : `not a VivantError: ${String(error)}`;
  }
}

describe('the assembled model', () => {
  it('holds the three entries, stored, and the same bytes each time', async () => {
    expect(Object.keys(files).sort()).toEqual([...BUNDLE_ENTRIES].sort());
    expect(createHash('sha256').update(await assembleModel()).digest('hex')).toBe(createHash('sha256').update(assembled).digest('hex'));
    checkBundle(assembled, 'memory');
  });

  it('returns 478 landmarks and the face flag, and keeps the old bytes aligned behind the new root', () => {
    const landmarks = files['face_landmarks_detector.tflite'];
    expect(summariseGraph(landmarks).outputSizes).toEqual([1434, 1]);
    expect(landmarks.length % 64).toBe(2495952 % 64);
    expect(Buffer.from(landmarks).includes('TFLITE_METADATA')).toBe(true);
    expect(Buffer.from(landmarks).includes('M001')).toBe(true);
  });
});

describe('checkBundle', () => {
  it('refuses archives that lack an entry, compress one, or hold something else in it', () => {
    expect(codeOf(() => checkBundle(new Uint8Array(0), 'x'))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => checkBundle(zipSync({ 'a.txt': new Uint8Array(3) }), 'x'))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => checkBundle(zipSync(files, { level: 6 }), 'x'))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => checkBundle(packBundle({ ...files, 'face_detector.tflite': new Uint8Array(100) }), 'x'))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => checkBundle(packBundle({ ...files, 'face_landmarks_detector.tflite': files['face_detector.tflite'] }), 'x'))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => checkBundle(assembled.subarray(0, assembled.length - 1000), 'x'))).toBe('MODEL_CORRUPT');
  });

  it('ends every random or damaged archive in MODEL_CORRUPT or a pass, never in another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(() => checkBundle(bytes, 'x'))).toBe('MODEL_CORRUPT');
      }),
    );
    const small = zipSync({ ...files, 'face_landmarks_detector.tflite': files['face_detector.tflite'] }, { level: 0 });
    const directory = small.length - 400; // the central directory is what decides
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(399), fc.nat(255)), { minLength: 1, maxLength: 6 }), (edits) => {
        const damaged = small.slice();
        for (const [at, value] of edits) damaged[directory + at] = value;
        expect(['none', 'MODEL_CORRUPT']).toContain(codeOf(() => checkBundle(damaged, 'x')));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the TFLite reader', () => {
  it('ends every damaged model in MODEL_CORRUPT or a summary', () => {
    const model = files['face_detector.tflite'];
    const tables = fc.oneof(fc.nat(4095), fc.nat(model.length - 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(tables, fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
        const damaged = model.slice();
        for (const [at, value] of edits) damaged[at] = value;
        expect(['none', 'MODEL_CORRUPT']).toContain(codeOf(() => summariseGraph(damaged)));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.nat(model.length - 1), (length) => {
        expect(['none', 'MODEL_CORRUPT']).toContain(codeOf(() => summariseGraph(model.subarray(0, length))));
      }),
      { numRuns: 100 },
    );
  });
});

describe('resolveModel', () => {
  it('assembles when nothing is named or cached', async () => {
    const { info, bytes } = await resolveModel({ cacheDir: folder });
    expect(info).toEqual({ origin: 'assembled', sha256: createHash('sha256').update(assembled).digest('hex'), bytes: assembled.length });
    expect(bytes.length).toBe(assembled.length);
  });

  it('takes the file that is named, and says when it is missing or damaged', async () => {
    const path = join(folder, 'own.task');
    await writeFile(path, assembled);
    expect((await resolveModel({ modelPath: path, cacheDir: folder })).info).toMatchObject({ origin: 'path', path });
    await writeFile(path, 'not a model');
    await expect(resolveModel({ modelPath: path })).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    await expect(resolveModel({ modelPath: join(folder, 'nothing.task') })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  it('does not run a cached file that is not the official one, even if it is a good bundle', async () => {
    const path = cachedModelPath(folder);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, assembled);
    await expect(resolveModel({ cacheDir: folder })).rejects.toMatchObject({ code: 'MODEL_CORRUPT', details: { path } });
  });
});

describe('defaultCacheDir', () => {
  it('follows the conventions of each system', () => {
    expect(defaultCacheDir('linux', {}, '/home/a')).toBe(join('/home/a', '.cache', 'tableau-vivant'));
    expect(defaultCacheDir('linux', { XDG_CACHE_HOME: '/x' }, '/home/a')).toBe(join('/x', 'tableau-vivant'));
    expect(defaultCacheDir('darwin', {}, '/Users/a')).toBe(join('/Users/a', 'Library', 'Caches', 'tableau-vivant'));
    expect(defaultCacheDir('win32', { LOCALAPPDATA: 'L' }, 'H')).toBe(join('L', 'tableau-vivant', 'Cache'));
  });
});

describe('pullOfficialModel', () => {
  const realFetch = globalThis.fetch;
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  /** Sends the download to a server on this machine that answers with `status` and `body`. */
  async function serve(status: number, body: Uint8Array | undefined): Promise<void> {
    server = createServer((_request, response) => {
      response.writeHead(status);
      if (body) response.end(body); // else: never answers
      else response.write('x');
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubGlobal('fetch', (_url: string, init?: RequestInit) => realFetch(`http://127.0.0.1:${port}/`, init));
  }
  const leftovers = async (): Promise<string[]> => readdir(folder, { recursive: true });

  it('keeps nothing when something else is served', async () => {
    await serve(200, assembled);
    await expect(pullOfficialModel({ cacheDir: folder })).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    await serve(200, new Uint8Array(9_000_000));
    await expect(pullOfficialModel({ cacheDir: folder })).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    expect(await leftovers()).toEqual([]);
  });

  it('explains a refusal and a missing connection', async () => {
    await serve(404, new Uint8Array(1));
    await expect(pullOfficialModel({ cacheDir: folder })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('404') as string });
    vi.stubGlobal('fetch', () => realFetch('http://127.0.0.1:1/'));
    await expect(pullOfficialModel({ cacheDir: folder })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    expect(await leftovers()).toEqual([]);
  });

  it('can be cancelled', async () => {
    await serve(200, undefined);
    const controller = new AbortController();
    const pull = pullOfficialModel({ cacheDir: folder, signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(pull).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await leftovers()).toEqual([]);
  });
});

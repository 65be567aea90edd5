import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VivantError } from '#dist/core/errors.js';
import { fromReason, toReason, verdictOf } from '#dist/queue/failure.js';
import { FolderStore } from '#dist/queue/store/folder-store.js';
import { openStore } from '#dist/queue/store/open-store.js';
import { EMPTY_SHA256, signS3 } from '#dist/queue/store/sign-s3.js';

const KEY = 'ab'.repeat(32);
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vivant-store-'));
});
afterAll(() => rm(root, { recursive: true }));

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'from-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('a folder of results', () => {
  it('gives back what was put there', async () => {
    const store = new FolderStore(join(root, 'a'));
    expect(await store.has(KEY)).toBe(false);
    await store.put(KEY, await folderWith({ 'label.json': '{}', 'raw.mp4': 'clip' }));
    expect(await store.has(KEY)).toBe(true);
    const to = await folderWith({});
    await store.get(KEY, to);
    expect((await readdir(to)).sort()).toEqual(['label.json', 'raw.mp4']);
    expect(await readFile(join(to, 'raw.mp4'), 'utf8')).toBe('clip');
  });

  it('keeps the first of two results, also when both come at once', async () => {
    const store = new FolderStore(join(root, 'b'));
    const folders = await Promise.all(['one', 'two', 'three', 'four'].map((text) => folderWith({ x: text })));
    await Promise.all(folders.map((folder) => store.put(KEY, folder)));
    const to = await folderWith({});
    await store.get(KEY, to);
    const kept = await readFile(join(to, 'x'), 'utf8');
    expect(['one', 'two', 'three', 'four']).toContain(kept);
    await store.put(KEY, await folderWith({ x: 'late' }));
    expect(await readdir(join(root, 'b', '.incoming'))).toEqual([]);
    expect(await readFile(join(root, 'b', 'ab', KEY, 'x'), 'utf8')).toBe(kept);
  });

  it('does not take what a killed worker left half-copied for a result', async () => {
    const store = new FolderStore(join(root, 'c'));
    await mkdir(join(root, 'c', '.incoming', `${KEY}.dead`), { recursive: true });
    expect(await store.has(KEY)).toBe(false);
    await expect(store.get(KEY, await folderWith({}))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', message: expect.stringContaining('same folder') as string });
  });

  it('clears away what was left half-copied long ago, and nothing younger', async () => {
    const incoming = join(root, 'd', '.incoming');
    for (const name of ['old', 'young']) await mkdir(join(incoming, name), { recursive: true });
    const before = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(join(incoming, 'old'), before, before);
    await new FolderStore(join(root, 'd')).put(KEY, await folderWith({ x: '' }));
    expect(await readdir(incoming)).toEqual(['young']);
  });

  it('says when it can not be written', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(new FolderStore(join(root, 'file')).put(KEY, await folderWith({ x: '' }))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('where results are', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  it.each(['s3://', 'http://host/bucket', 's3:/bucket', 'ftp://x/y'])('is refused: %s', (place) => {
    if (place === 's3:/bucket') return expect(openStore(place, keys)).toBeInstanceOf(FolderStore);
    expect(() => openStore(place, keys)).toThrow(/s3:\/\/bucket\/prefix/);
  });

  it('needs credentials for a bucket', () => {
    expect(() => openStore('s3://bucket/prefix', {})).toThrow(/AWS_ACCESS_KEY_ID/);
    expect(openStore('s3://bucket/prefix', keys)).not.toBeInstanceOf(FolderStore);
  });
});

describe('a signed request', () => {
  it('is the one of the example in the documentation of Signature Version 4 for S3', () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' };
    const headers = signS3('GET', new URL('https://examplebucket.s3.amazonaws.com/test.txt'), EMPTY_SHA256, credentials, new Date('2013-05-24T00:00:00Z'), { range: 'bytes=0-9' });
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });
});

describe('failures', () => {
  it.each([
    ['NO_FACE', 'set-aside'],
    ['RIGHTS_REQUIRED', 'set-aside'],
    ['DISK_FULL', 'give-back'],
    ['MODEL_CORRUPT', 'give-back'],
    ['INTERNAL', 'retry'],
    ['INPUT_NOT_FOUND', 'retry'],
    ['ENCODE_FAILED', 'retry'],
  ] as const)('%s means %s', (code, verdict) => {
    expect(verdictOf(new VivantError(code, 'x'))).toBe(verdict);
  });

  it('keep their code on the way through the server', () => {
    expect(fromReason(toReason(new VivantError('NO_FACE', 'none "here"')))).toEqual({ code: 'NO_FACE', message: 'none "here"' });
    expect(fromReason('job stalled more than allowable limit')).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('worker died') as string });
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DisclosureRecord } from '#dist/core/rights.js';
import { localSigner } from '#dist/provenance/signer/identity.js';
import { readSidecar } from '#dist/provenance/sidecar/sidecar-read.js';
import { writeSidecar } from '#dist/provenance/sidecar/sidecar.js';

const record: DisclosureRecord = {
  title: 'T', sitter: { basis: 'research', subject: 'S' }, driver: { basis: 'synthetic' },
  tool: { name: 'tableau-vivant', version: '1.2.3' }, quality: 'draft', payload: 1, created: '2026-01-01T00:00:00.000Z',
};
interface Jws { content: { title: string }; payload: string; protected: string; signature: string }

let folder: string;
let path: string;
let original: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sidecar-test-'));
  path = join(folder, 'a.webm.c2pa.json');
  const signer = await localSigner(folder);
  await writeSidecar(path, { files: [{ name: 'a.webm', bytes: 3, sha256: '0'.repeat(64) }], record, ingredients: [{ role: 'portrait', title: 'p', format: 'image/png', sha256: '1'.repeat(64) }], signer });
  original = await readFile(path, 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function changed(change: (jws: Jws) => void): Promise<string | undefined> {
  const jws = JSON.parse(original) as Jws;
  change(jws);
  const copy = join(folder, 'changed.c2pa.json');
  await writeFile(copy, JSON.stringify(jws));
  return (await readSidecar(copy))?.problem;
}

describe('sidecar', () => {
  it('is read back, and its signature holds', async () => {
    const reading = await readSidecar(path);
    expect(reading?.problem).toBeUndefined();
    expect(reading?.signer).toContain('Tableau Vivant local signer');
    expect(reading?.content).toMatchObject({ title: 'T', rights: { sitter: record.sitter, driver: record.driver, mark: '00000001' }, files: [{ name: 'a.webm' }] });
  });

  it('is refused when its readable part, its signed part, its signature or its algorithm was changed', async () => {
    expect(await changed(() => undefined)).toBeUndefined();
    expect(await changed((jws) => { jws.content.title = 'Another'; })).toContain('readable part');
    expect(await changed((jws) => {
      const content = JSON.parse(Buffer.from(jws.payload, 'base64url').toString()) as { title: string };
      jws.payload = Buffer.from(JSON.stringify({ ...content, title: 'Another' })).toString('base64url');
      jws.content = { ...content, title: 'Another' };
    })).toContain('signature does not fit');
    expect(await changed((jws) => { jws.signature = Buffer.alloc(64).toString('base64url'); })).toContain('signature does not fit');
    const header = (change: (value: { alg: string; x5c: string[] }) => void) => changed((jws) => {
      const value = JSON.parse(Buffer.from(jws.protected, 'base64url').toString()) as { alg: string; x5c: string[] };
      change(value);
      jws.protected = Buffer.from(JSON.stringify(value)).toString('base64url');
    });
    for (const alg of ['none', 'HS256', 'PS256', 'EdDSA', 'ES384']) expect(await header((value) => { value.alg = alg; })).toContain('signature does not fit');
    expect(await header((value) => { value.x5c.reverse(); })).toContain('issuing certificates');
    expect(await header((value) => { value.x5c.pop(); })).toContain('no certificates');
    expect(await header((value) => { value.x5c[0] = 'AAAA'; })).toContain('damaged');
  });

  it('of any other content is none', async () => {
    const copy = join(folder, 'random.c2pa.json');
    expect(await readSidecar(join(folder, 'missing.c2pa.json'))).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await writeFile(copy, text);
        expect(await readSidecar(copy)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

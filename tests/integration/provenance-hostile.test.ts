import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesReader } from '#dist/provenance/containers/byte-reader.js';
import { runC2pa } from '#dist/provenance/c2pa/client.js';
import { readManifest } from '#dist/provenance/c2pa/read.js';
import { issueCertificate } from '#dist/provenance/signer/certificate.js';
import { signatureReserve } from '#dist/provenance/c2pa/cose.js';
import { localSigner } from '#dist/provenance/signer/identity.js';
import { listChunks, textChunk } from '#dist/provenance/containers/png-chunks.js';
import { sealFile } from '#dist/provenance/seal.js';
import type { Signer } from '#dist/provenance/signer/signer.js';
import { verifyFile } from '#dist/provenance/verify/verify.js';
import { CLIP, ffmpeg, IO, RECORD, scratch } from './provenance-fixture.js';

let folder: Awaited<ReturnType<typeof scratch>>;
let signer: Signer;
let png: Buffer;
let mp4: Buffer;
beforeAll(async () => {
  folder = await scratch();
  signer = await localSigner(folder.path('identity'));
  await ffmpeg('-i', CLIP, '-frames:v', '1', '-vf', 'scale=64:-2', folder.path('plain.png'));
  await ffmpeg('-i', CLIP, '-t', '0.5', '-c:v', 'libx264', '-preset', 'ultrafast', folder.path('plain.mp4'));
  for (const format of ['png', 'mp4'] as const) {
    await copyFile(folder.path(`plain.${format}`), folder.path(`sealed.${format}`));
    await sealFile({ path: folder.path(`sealed.${format}`), format, record: RECORD, ingredients: [], signer });
  }
  png = await readFile(folder.path('sealed.png'));
  mp4 = await readFile(folder.path('sealed.mp4'));
});
afterAll(() => folder.remove());

describe('reading a manifest from bytes of unknown origin', () => {
  it('finds every change outside the manifest, and none inside it is fatal', async () => {
    const { chunks } = await listChunks(bytesReader(png));
    const manifest = chunks.find(({ type }) => type === 'caBX')!;
    const path = folder.path('fuzzed.png');
    await fc.assert(
      fc.asyncProperty(fc.nat(png.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const bytes = Buffer.from(png);
        bytes[position]! ^= change;
        await writeFile(path, bytes);
        const reading = await readManifest(path, 'image/png');
        const inside = position >= manifest.contentStart - 8 && position < manifest.end;
        if (!inside) expect(reading?.state ?? 'none').not.toBe('valid');
      }),
      { numRuns: 150 },
    );
  });

  it('takes a file that is cut anywhere', async () => {
    const path = folder.path('cut.mp4');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: mp4.length - 1 }), async (length) => {
        await writeFile(path, mp4.subarray(0, length));
        expect((await readManifest(path, 'video/mp4'))?.state ?? 'none').not.toBe('valid');
      }),
      { numRuns: 60 },
    );
  });

  it('fetches nothing, even when the file points to a manifest elsewhere', async () => {
    let requests = 0;
    const server = createServer((_, response) => { requests++; response.writeHead(404).end(); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.c2pa`;
    const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="${url}"/></rdf:RDF></x:xmpmeta>`;
    const plain = await readFile(folder.path('plain.png'));
    await writeFile(folder.path('remote.png'), Buffer.concat([plain.subarray(0, 33), textChunk('XML:com.adobe.xmp', packet), plain.subarray(33)]));
    expect(await readManifest(folder.path('remote.png'), 'image/png')).toBeUndefined();
    server.close();
    expect(requests).toBe(0);
  });
});

describe('a manifest of another program', () => {
  const DIGITAL_SOURCE_TYPES = 'http://cv.iptc.org/newscodes/digitalsourcetype/';
  async function foreign(name: string, term: string): Promise<string> {
    const definition = {
      claim_version: 2, claim_generator_info: [{ name: 'Camera', version: '9' }], title: 'photo', format: 'image/png',
      assertions: [{ label: 'c2pa.actions.v2', created: true, data: { actions: [{ action: 'c2pa.created', digitalSourceType: DIGITAL_SOURCE_TYPES + term }] } }],
    };
    const output = folder.path(name);
    await runC2pa({ kind: 'sign', path: folder.path('plain.png'), output, format: 'image/png', definition: JSON.stringify(definition), ingredients: [], algorithm: signer.algorithm, reserveSize: signatureReserve(signer) }, signer);
    return output;
  }

  it('that says "captured" leaves the file undisclosed', async () => {
    const report = await verifyFile(await foreign('captured.png', 'digitalCapture'), IO);
    expect(report).toMatchObject({ disclosed: false, intact: false, rights: null, layers: { c2pa: { status: 'present', detail: expect.stringContaining('Camera 9, and does not say') as string }, xmp: { status: 'absent' } } });
    expect(report.explanation).toContain('do not say that it is synthetic');
  });

  it('that says "made by AI" discloses it, without the marks of this tool', async () => {
    const report = await verifyFile(await foreign('generated.png', 'trainedAlgorithmicMedia'), IO);
    expect(report).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'present' }, invisible: { status: 'absent' } } });
    expect(report.explanation).toContain('not made by this tool');
  });
});

describe('certificates that readers would refuse', () => {
  const DAY = 86_400_000;
  function chainOf(kind: 'expired' | 'for issuing'): { readonly chain: readonly Uint8Array[]; readonly key: KeyObject } {
    const root = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const issuer = { commonName: 'root', organization: 'Museum' };
    const end = new Date(Date.now() + (kind === 'expired' ? -DAY : DAY));
    const common = { issuer, issuerPublicKey: root.publicKey, issuerPrivateKey: root.privateKey, notBefore: new Date(Date.now() - 9 * DAY), notAfter: end };
    if (kind === 'for issuing') return { chain: [issueCertificate({ ...common, role: 'root', subject: issuer, publicKey: root.publicKey })], key: root.privateKey };
    const leafDer = issueCertificate({ ...common, role: 'leaf', subject: { commonName: 'leaf', organization: 'Museum' }, publicKey: leaf.publicKey });
    return { chain: [leafDer, issueCertificate({ ...common, role: 'root', subject: issuer, publicKey: root.publicKey })], key: leaf.privateKey };
  }

  it.each(['expired', 'for issuing'] as const)('%s: nothing is sealed', async (kind) => {
    const { chain, key } = chainOf(kind);
    const bad: Signer = { ...signer, chain, sign: (data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }) };
    const path = folder.path(`${kind}.png`);
    await copyFile(folder.path('plain.png'), path);
    await expect(sealFile({ path, format: 'png', record: RECORD, ingredients: [], signer: bad })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });
});

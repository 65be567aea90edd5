import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '#dist/provenance/c2pa/read.js';
import { localSigner } from '#dist/provenance/signer/identity.js';
import { sealFile } from '#dist/provenance/seal.js';
import type { Signer } from '#dist/provenance/signer/signer.js';
import { CLIP, encodeMarked, ffmpeg, INGREDIENTS, RECORD, scratch, sha256 } from './provenance-fixture.js';

let folder: Awaited<ReturnType<typeof scratch>>;
let signer: Signer;
beforeAll(async () => {
  folder = await scratch();
  signer = await localSigner(folder.path('identity'));
  await ffmpeg('-i', CLIP, '-t', '1', '-c:v', 'libx264', '-preset', 'ultrafast', folder.path('plain.mp4'));
  await ffmpeg('-i', folder.path('plain.mp4'), '-c', 'copy', folder.path('plain.mov'));
  await ffmpeg('-i', folder.path('plain.mp4'), '-frames:v', '1', folder.path('plain.png'));
  await ffmpeg('-i', folder.path('plain.mp4'), '-vf', 'scale=100:-1', folder.path('plain.gif'));
  await ffmpeg('-i', folder.path('plain.mp4'), '-c:v', 'libvpx', '-deadline', 'realtime', folder.path('plain.webm'));
});
afterAll(() => folder.remove());

/** Hash of an ISO file as C2PA defines it (v3), computed without the library: offset and bytes of every box that counts. */
function bmffHash(bytes: Buffer): string {
  const c2paUuid = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex');
  const hash = createHash('sha256');
  for (let start = 0; start < bytes.length; ) {
    const size = bytes.readUInt32BE(start);
    const type = bytes.toString('latin1', start + 4, start + 8);
    const excluded = ['ftyp', 'mfra', 'free', 'skip'].includes(type) || (type === 'uuid' && bytes.subarray(start + 8, start + 24).equals(c2paUuid));
    if (!excluded) {
      const offset = Buffer.alloc(8);
      offset.writeBigUInt64BE(BigInt(start));
      hash.update(offset).update(bytes.subarray(start, start + size));
    }
    start += size;
  }
  return hash.digest('base64');
}

describe('sealFile', () => {
  it.each([['mp4', 'video/mp4'], ['mov', 'video/quicktime'], ['png', 'image/png'], ['gif', 'image/gif']] as const)('seals %s so that it validates and still decodes', async (format, mime) => {
    const path = folder.path(`sealed.${format}`);
    await copyFile(folder.path(`plain.${format}`), path);
    const report = await sealFile({ path, format, record: RECORD, ingredients: INGREDIENTS, signer });
    expect(report.layers.c2pa.status).toBe('present');
    expect(report.layers.xmp.status).toBe('present');
    expect(report.sidecar).toBeUndefined();
    expect(report.files[0]!.sha256).toBe(await sha256(path));
    const manifest = await readManifest(path, mime);
    expect(manifest).toMatchObject({ state: 'valid', failures: [], generator: 'tableau-vivant 0.1.0', payload: RECORD.payload });
    expect(manifest!.rights).toMatchObject({ sitter: RECORD.sitter, driver: RECORD.driver });
    expect(manifest!.ingredients).toEqual(INGREDIENTS.map(({ title, format: type, sha256: hash }) => ({ title, format: type, sha256: hash, relationship: 'inputTo' })));
    expect(manifest!.digitalSourceTypes).toEqual(['http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia']);
    await ffmpeg('-i', path, '-f', 'null', '-');
  });

  it('ties the manifest to the bytes: the hash agrees with an independent computation', async () => {
    const path = folder.path('hash.mp4');
    await copyFile(folder.path('plain.mp4'), path);
    await sealFile({ path, format: 'mp4', record: RECORD, ingredients: [], signer });
    const bytes = await readFile(path);
    // The hash lies in the manifest as a CBOR byte string of 32 bytes after the text "hash".
    const hash = Buffer.from(bmffHash(bytes), 'base64');
    expect(bytes.includes(Buffer.concat([Buffer.from('dhash\x58\x20', 'latin1'), hash]))).toBe(true);
  });

  it('gives WebM a signed sidecar that can be read back', async () => {
    const path = folder.path('temporary.webm');
    await copyFile(folder.path('plain.webm'), path);
    const report = await sealFile({ path, finalPath: folder.path('final.webm'), format: 'webm', record: RECORD, ingredients: INGREDIENTS, signer });
    expect(report.layers.c2pa.status).toBe('unsupported');
    expect(report.layers.c2pa.detail).toContain('final.webm.c2pa.json');
    expect(report.sidecar).toBe(folder.path('temporary.sidecar'));
    const sidecar = JSON.parse(await readFile(report.sidecar!, 'utf8')) as { content: { files: { name: string; sha256: string }[] } };
    expect(sidecar.content.files).toMatchObject([{ name: 'final.webm', sha256: await sha256(path) }]);
  });

  it('lists every frame of a sequence in one sidecar and writes XMP into each', async () => {
    const temporary = await encodeMarked(`${folder.path('frames')}/`, 'png-sequence', { frames: 3 });
    const report = await sealFile({ path: temporary, finalPath: `${folder.path('frames')}/`, format: 'png-sequence', record: RECORD, ingredients: [], signer });
    expect(report.files).toHaveLength(3);
    for (const name of await readdir(temporary)) expect((await readFile(`${temporary}/${name}`)).includes('DigitalSourceType')).toBe(true);
  });

  it('carries the credentials of a portrait over when its path is given', async () => {
    const portrait = folder.path('portrait.png');
    await copyFile(folder.path('plain.png'), portrait);
    await sealFile({ path: portrait, format: 'png', record: { ...RECORD, title: 'The first work' }, ingredients: [], signer });
    const path = folder.path('second.mp4');
    await copyFile(folder.path('plain.mp4'), path);
    await sealFile({ path, format: 'mp4', record: RECORD, ingredients: [{ ...INGREDIENTS[0]!, format: 'image/png', path: portrait }], signer });
    expect((await readManifest(path, 'video/mp4'))!.state).toBe('valid');
    expect((await readFile(path)).includes('The first work')).toBe(true);
  });

  it('ends in SIGNING_FAILED and leaves nothing beside the file when the signer fails', async () => {
    await mkdir(folder.path('failing'), { recursive: true });
    const path = folder.path('failing/clip.mp4');
    await copyFile(folder.path('plain.mp4'), path);
    const broken: Signer = { ...signer, sign: () => { throw new Error('the token was pulled out'); } };
    await expect(sealFile({ path, format: 'mp4', record: RECORD, ingredients: [], signer: broken })).rejects.toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringContaining('the token was pulled out') as string });
    expect(await readdir(folder.path('failing'))).toEqual(['clip.mp4']);
  });

  it('refuses a signature by a key that is not the certificate’s', async () => {
    const path = folder.path('wrong-key.mp4');
    await copyFile(folder.path('plain.mp4'), path);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const broken: Signer = { ...signer, sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }) };
    await expect(sealFile({ path, format: 'mp4', record: RECORD, ingredients: [], signer: broken })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it.each(['mp4', 'png', 'gif'] as const)('refuses a truncated %s', async (format) => {
    const path = folder.path(`truncated.${format}`);
    const bytes = await readFile(folder.path(`plain.${format}`));
    await writeFile(path, bytes.subarray(0, bytes.length - 40));
    await expect(sealFile({ path, format, record: RECORD, ingredients: [], signer })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('refuses a file of another format than was asked for', async () => {
    const path = folder.path('really-a.mov');
    await copyFile(folder.path('plain.mp4'), path);
    await expect(sealFile({ path, format: 'mov', record: RECORD, ingredients: [], signer })).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('seals when the file is renamed afterwards', async () => {
    const path = folder.path('before.png');
    await copyFile(folder.path('plain.png'), path);
    await sealFile({ path, format: 'png', record: RECORD, ingredients: [], signer });
    await rename(path, folder.path('after.png'));
    expect((await readManifest(folder.path('after.png'), 'image/png'))!.state).toBe('valid');
  });
});

import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutputFormat } from '#dist/media/format.js';
import { sidecarPath } from '#dist/provenance/containers/frame-sequence.js';
import { localSigner } from '#dist/provenance/signer/identity.js';
import { sealFile } from '#dist/provenance/seal.js';
import type { Signer } from '#dist/provenance/signer/signer.js';
import { verifyFile } from '#dist/provenance/verify/verify.js';
import { CLIP, encodeMarked, ffmpeg, INGREDIENTS, IO, RECORD, scratch } from './provenance-fixture.js';

let folder: Awaited<ReturnType<typeof scratch>>;
let signer: Signer;
let mp4: string;
let webm: string;

/** Encodes, seals and puts in place, as the composition root does. */
async function make(name: string, format: OutputFormat, options: { readonly frames?: number; readonly payload?: number } = {}): Promise<string> {
  const path = folder.path(name);
  const temporary = await encodeMarked(path, format, options);
  const record = { ...RECORD, payload: options.payload ?? RECORD.payload };
  const { sidecar } = await sealFile({ path: temporary, finalPath: path, format, record, ingredients: INGREDIENTS, signer });
  await rename(temporary, path.replace(/\/$/, ''));
  if (sidecar !== undefined) await rename(sidecar, sidecarPath(path));
  return path;
}

beforeAll(async () => {
  folder = await scratch();
  signer = await localSigner(folder.path('identity'));
  mp4 = await make('clip.mp4', 'mp4');
  webm = await make('clip.webm', 'webm');
});
afterAll(() => folder.remove());

describe('a fresh output', () => {
  it('is disclosed and intact as MP4, with rights and ingredients', async () => {
    const report = await verifyFile(mp4, IO);
    expect(report.layers).toMatchObject({ badge: { status: 'present' }, invisible: { status: 'present' }, tags: { status: 'present' }, xmp: { status: 'present' }, c2pa: { status: 'present' } });
    expect(report).toMatchObject({ file: mp4, disclosed: true, intact: true, rights: { sitter: RECORD.sitter, driver: RECORD.driver } });
    expect(report.ingredients.map(({ title, relationship }) => [title, relationship])).toEqual([['joconde.jpg', 'inputTo'], ['performer.mp4', 'inputTo']]);
    expect(report.explanation).toContain('synthetic');
    expect(report.explanation).toContain(RECORD.sitter.subject);
  });

  it('is disclosed and intact as WebM through its sidecar, and says what the format lacks', async () => {
    const report = await verifyFile(webm, IO);
    expect(report).toMatchObject({ disclosed: true, intact: true, layers: { xmp: { status: 'unsupported' }, c2pa: { status: 'unsupported' }, tags: { status: 'present' }, invisible: { status: 'present' } }, rights: { sitter: RECORD.sitter } });
  });

  it.each(['mov', 'gif'] as const)('is disclosed and intact as %s', async (format) => {
    const report = await verifyFile(await make(`fresh.${format}`, format), IO);
    expect(report).toMatchObject({ disclosed: true, intact: true });
  });

  it('is disclosed and intact as a PNG sequence, whole and frame by frame', async () => {
    const path = await make('frames/', 'png-sequence', { frames: 8 });
    expect(await verifyFile(path, IO)).toMatchObject({ disclosed: true, intact: true, layers: { c2pa: { status: 'unsupported' }, xmp: { status: 'present' }, tags: { status: 'present' } } });
    const names = (await readdir(path)).sort();
    const frame = await verifyFile(join(path, names[0]!), IO);
    expect(frame.layers.c2pa).toMatchObject({ status: 'unsupported', detail: expect.stringContaining('frames.c2pa.json') as string });
    await writeFile(join(path, names[1]!), await readFile(join(path, names[0]!)));
    expect(await verifyFile(path, IO)).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'altered' } } });
  });
});

describe('a changed file', () => {
  it('with one flipped bit in its media data is altered, but still disclosed', async () => {
    const bytes = await readFile(mp4);
    const start = bytes.indexOf('mdat') + Math.floor(bytes.readUInt32BE(bytes.indexOf('mdat') - 4) * 0.9);
    bytes[start]! ^= 1;
    await writeFile(folder.path('flipped.mp4'), bytes);
    const report = await verifyFile(folder.path('flipped.mp4'), IO);
    expect(report).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'altered', detail: expect.stringContaining('changed after it was signed') as string } } });
  });

  it('with a changed name in its XMP is altered', async () => {
    const bytes = await readFile(mp4);
    bytes.write('X', bytes.lastIndexOf('La Gioconda'), 'latin1');
    await writeFile(folder.path('renamed.mp4'), bytes);
    expect((await verifyFile(folder.path('renamed.mp4'), IO)).layers.c2pa.status).toBe('altered');
  });

  it('that was remuxed without encoding has lost its signature and keeps its mark', async () => {
    await ffmpeg('-i', mp4, '-c', 'copy', '-map_metadata', '-1', folder.path('remuxed.mp4'));
    const report = await verifyFile(folder.path('remuxed.mp4'), IO);
    expect(report).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'absent' }, xmp: { status: 'absent' }, tags: { status: 'absent' }, invisible: { status: 'present' } } });
    expect(report.explanation).toContain('signature is gone');
  });

  it('that was re-encoded is disclosed by its mark and not intact', async () => {
    await ffmpeg('-i', mp4, '-c:v', 'libx264', '-crf', '26', '-map_metadata', '-1', folder.path('recoded.mp4'));
    expect(await verifyFile(folder.path('recoded.mp4'), IO)).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'absent' }, invisible: { status: 'present', detail: expect.stringContaining('deadbeef') as string } } });
  });

  it('as WebM with the sidecar of before is altered, and without it not intact', async () => {
    await ffmpeg('-i', webm, '-c', 'copy', folder.path('copy.webm'));
    await copyFile(sidecarPath(webm), sidecarPath(folder.path('copy.webm')));
    expect(await verifyFile(folder.path('copy.webm'), IO)).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'altered' } } });
    await mkdir(folder.path('alone'));
    await copyFile(webm, folder.path('alone/clip.webm'));
    expect(await verifyFile(folder.path('alone/clip.webm'), IO)).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'absent' } } });
  });

  it('signed for another clip is found out by the soft binding', async () => {
    const path = folder.path('swapped.mp4');
    const temporary = await encodeMarked(path, 'mp4', { payload: 0x12345678 });
    await sealFile({ path: temporary, finalPath: path, format: 'mp4', record: RECORD, ingredients: [], signer });
    await rename(temporary, path);
    const report = await verifyFile(path, IO);
    expect(report).toMatchObject({ disclosed: true, intact: false, layers: { c2pa: { status: 'present' }, invisible: { status: 'altered', detail: expect.stringContaining('12345678') as string } } });
  });
});

describe('a file of somebody else', () => {
  it('that is unrelated is undisclosed, with every layer absent', async () => {
    const report = await verifyFile(CLIP, IO);
    expect(report).toMatchObject({ disclosed: false, intact: false, rights: null, ingredients: [] });
    expect(Object.values(report.layers).map(({ status }) => status)).toEqual(['absent', 'absent', 'absent', 'absent', 'absent']);
    expect(report.explanation).toContain('does not prove that it is real');
  });

  it.each([['missing.mp4', undefined, 'INPUT_NOT_FOUND'], ['empty.mp4', '', 'UNREADABLE_MEDIA'], ['text.mp4', 'not a video at all', 'UNREADABLE_MEDIA']] as const)('%s ends in a code', async (name, content, code) => {
    if (content !== undefined) await writeFile(folder.path(name), content);
    await expect(verifyFile(folder.path(name), IO)).rejects.toMatchObject({ code });
  });
});

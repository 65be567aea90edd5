import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RIGHTS_BASES, type DisclosureRecord } from '#dist/core/rights.js';
import { listBoxes } from '#dist/provenance/containers/boxes.js';
import { bytesReader } from '#dist/provenance/containers/byte-reader.js';
import { embedXmp, readXmp } from '#dist/provenance/xmp/xmp.js';
import { parseXmpPacket, xmpPacket } from '#dist/provenance/xmp/xmp-packet.js';
import { saysSynthetic } from '#dist/provenance/source-type.js';

const record: DisclosureRecord = {
  title: 'A <b>title</b>',
  sitter: { basis: 'licensed', subject: 'Anna & "Bob"', note: "it's <licensed>" },
  driver: { basis: 'synthetic', note: 'performer' },
  tool: { name: 'tableau-vivant', version: '1.2.3' },
  quality: 'draft',
  payload: 0xcafe0001,
  created: '2026-01-01T00:00:00.000Z',
};

describe('XMP packet', () => {
  it('says everything back', () => {
    const packet = xmpPacket(record);
    expect(packet.startsWith('<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>')).toBe(true);
    expect(parseXmpPacket(packet)).toEqual({
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
      creatorTool: 'tableau-vivant 1.2.3',
      sitter: record.sitter,
      driver: record.driver,
      payload: record.payload,
    });
  });

  it('names the network that drew, and none where none did', () => {
    expect(xmpPacket(record)).not.toContain('tableau:Refiner');
    const packet = xmpPacket({ ...record, quality: 'standard', refiner: { name: 'refiner <1>', version: '0.1.0', sha256: 'ab'.repeat(32) } });
    expect(packet).toContain(`<tableau:Refiner>refiner &lt;1&gt; 0.1.0, SHA-256 ${'ab'.repeat(32)}</tableau:Refiner>`);
  });

  it('carries any text that XML can carry', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((value) => value.trim()).filter((value) => value !== '' && !/[\p{Cc}\ufffe\uffff]/u.test(value));
    fc.assert(
      fc.property(text, text, fc.constantFrom(...RIGHTS_BASES), (subject, note, basis) => {
        expect(parseXmpPacket(xmpPacket({ ...record, sitter: { basis, subject, note } })).sitter).toEqual({ basis, subject, note });
      }),
    );
  });

  it('of other tools is understood in attribute, element and resource form', () => {
    const type = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
    expect(parseXmpPacket(`<rdf:Description iptcExt:DigitalSourceType="${type}"/>`).digitalSourceType).toBe(type);
    expect(parseXmpPacket(`<a:DigitalSourceType>\n${type}\n</a:DigitalSourceType>`).digitalSourceType).toBe(type);
    expect(parseXmpPacket(`<a:DigitalSourceType rdf:resource='${type}'/>`).digitalSourceType).toBe(type);
    expect(saysSynthetic(type)).toBe(true);
    expect(saysSynthetic('http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture')).toBe(false);
    expect(saysSynthetic('https://example.org/trainedAlgorithmicMedia')).toBe(false);
  });

  it('of anybody never throws', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '=', ':', ' ', 'DigitalSourceType', 'Mark', 'a', '&amp;') }), (packet) => void parseXmpPacket(packet)));
  });
});

describe('XMP in files', () => {
  let folder: string;
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'xmp-test-')); });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const box = (type: string, content: Buffer, size = content.length + 8): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(size, 0);
    header.write(type, 4, 'latin1');
    return Buffer.concat([header, content]);
  };

  it('is a top-level uuid box at the end of an MP4, after which nothing else has moved', async () => {
    const path = join(folder, 'a.mp4');
    const before = Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.alloc(100, 7))]);
    await writeFile(path, before);
    await embedXmp(path, 'mp4', xmpPacket(record), {});
    const after = await readFile(path);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    const { boxes, problem } = await listBoxes(bytesReader(after));
    expect(problem).toBeUndefined();
    expect(boxes.at(-1)).toMatchObject({ type: 'uuid', uuid: 'be7acfcb97a942e89c71999491e3afac', end: after.length });
    expect(await readXmp(bytesReader(after), 'mp4')).toBe(xmpPacket(record));
  });

  it('is not appended behind a box that reaches to the end of the file', async () => {
    const path = join(folder, 'open.mp4');
    await writeFile(path, Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.alloc(100), 0)]));
    await expect(embedXmp(path, 'mp4', 'x', {})).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });
});

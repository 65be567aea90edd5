import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listBoxes } from '#dist/provenance/containers/boxes.js';
import { bytesReader, type ByteReader } from '#dist/provenance/containers/byte-reader.js';
import { sniffContainer } from '#dist/provenance/containers/container.js';
import { commentBlock, joinSubBlocks, listGifBlocks, packetOfXmpBlock, xmpBlock } from '#dist/provenance/containers/gif-blocks.js';
import { listChunks, parseTextChunk, textChunk } from '#dist/provenance/containers/png-chunks.js';
import { readEmbeddedTags, readXmp } from '#dist/provenance/xmp/xmp.js';

function box(type: string, content: Uint8Array, size?: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size ?? content.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

function longBox(type: string, size: bigint, content: Uint8Array): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1, 0);
  header.write(type, 4, 'latin1');
  header.writeBigUInt64BE(size, 8);
  return Buffer.concat([header, content]);
}

describe('listBoxes', () => {
  it('reads short, long, uuid and open-ended boxes', async () => {
    const uuid = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');
    const bytes = Buffer.concat([box('ftyp', Buffer.alloc(8)), longBox('mdat', 26n, Buffer.alloc(10)), box('uuid', Buffer.concat([uuid, Buffer.alloc(3)])), box('free', Buffer.alloc(5), 0)]);
    const { boxes, problem } = await listBoxes(bytesReader(bytes));
    expect(problem).toBeUndefined();
    expect(boxes.map(({ type, start, contentStart, end, openEnded }) => [type, start, contentStart, end, openEnded])).toEqual([
      ['ftyp', 0, 8, 16, false],
      ['mdat', 16, 32, 42, false],
      ['uuid', 42, 66, 69, false],
      ['free', 69, 77, 82, true],
    ]);
    expect(boxes[2]!.uuid).toBe(uuid.toString('hex'));
  });

  it.each([
    ['a size shorter than its header', box('mdat', Buffer.alloc(8), 7)],
    ['a size beyond the end', box('mdat', Buffer.alloc(8), 17)],
    ['a 64-bit size beyond the end', longBox('mdat', 2n ** 63n, Buffer.alloc(8))],
    ['a 64-bit size shorter than its header', longBox('mdat', 15n, Buffer.alloc(8))],
    ['a cut header', Buffer.from([0, 0, 0, 8, 0x66])],
    ['a cut long header', longBox('mdat', 16n, Buffer.alloc(0)).subarray(0, 12)],
    ['a cut uuid', box('uuid', Buffer.alloc(8))],
  ])('stops at %s and says so', async (_, bytes) => {
    const { boxes, problem } = await listBoxes(bytesReader(Buffer.concat([box('ftyp', Buffer.alloc(4)), bytes])));
    expect(boxes.map(({ type }) => type)).toEqual(['ftyp']);
    expect(problem).toContain('at byte 12');
  });

  it('gives up on a file of nothing but empty boxes instead of listing millions', async () => {
    const bytes = Buffer.concat(Array.from({ length: 70_000 }, () => box('free', Buffer.alloc(0))));
    expect((await listBoxes(bytesReader(bytes))).problem).toContain('more than');
  });

  it('reads headers, not contents', async () => {
    let read = 0;
    const bytes = Buffer.concat([box('ftyp', Buffer.alloc(8)), box('mdat', Buffer.alloc(1 << 20))]);
    const reader: ByteReader = { size: bytes.length, read: (position, length) => { read += length; return Promise.resolve(bytes.subarray(position, position + length)); } };
    await listBoxes(reader);
    expect(read).toBeLessThan(100);
  });

  it('survives any bytes: boxes lie in the range, one after another', async () => {
    const sizes = fc.constantFrom(0, 1, 2, 7, 8, 9, 16, 24, 0x7fffffff, 0xffffffff);
    const crafted = fc.array(fc.tuple(sizes, fc.constantFrom('uuid', 'mdat', 'moov', '\0\0\0\0'), fc.uint8Array({ maxLength: 24 }))).map((items) =>
      Buffer.concat(items.map(([size, type, content]) => box(type, content, size))),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), crafted), async (bytes) => {
        const { boxes, problem } = await listBoxes(bytesReader(bytes));
        let position = 0;
        for (const { start, contentStart, end } of boxes) {
          expect(start).toBe(position);
          expect(contentStart).toBeLessThanOrEqual(end);
          expect(end).toBeGreaterThan(start);
          position = end;
        }
        if (problem === undefined) expect(position).toBe(bytes.length);
        else expect(position).toBeLessThan(bytes.length);
      }),
      { numRuns: 500 },
    );
  });
});

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const GIF_HEADER = Buffer.concat([Buffer.from('GIF89a', 'latin1'), Buffer.from([1, 0, 1, 0, 0, 0, 0])]);

describe('PNG chunks', () => {
  it('of text are read back', async () => {
    const chunk = textChunk('Title', 'Zoë ✓');
    const end = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
    const bytes = Buffer.concat([PNG_SIGNATURE, chunk, end]);
    const { chunks, problem } = await listChunks(bytesReader(bytes));
    expect(problem).toBeUndefined();
    expect(chunks.map(({ type }) => type)).toEqual(['iTXt', 'IEND']);
    expect(parseTextChunk('iTXt', bytes.subarray(chunks[0]!.contentStart, chunks[0]!.contentStart + chunks[0]!.contentLength))).toEqual({ keyword: 'Title', text: 'Zoë ✓' });
    expect((await readEmbeddedTags(bytesReader(bytes), 'png'))['title']).toBe('Zoë ✓');
  });

  it('survive any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(40), fc.constantFrom('iTXt', 'tEXt', 'IDAT', '????'), fc.uint8Array({ maxLength: 40 }))), fc.uint8Array({ maxLength: 30 }), async (items, tail) => {
        const parts = items.map(([length, type, content]) => {
          const header = Buffer.alloc(8);
          header.writeUInt32BE(length, 0);
          header.write(type, 4, 'latin1');
          return Buffer.concat([header, content, Buffer.alloc(4)]);
        });
        const bytes = Buffer.concat([PNG_SIGNATURE, ...parts, tail]);
        const { chunks } = await listChunks(bytesReader(bytes));
        for (const { end } of chunks) expect(end).toBeLessThanOrEqual(bytes.length);
        await readXmp(bytesReader(bytes), 'png');
      }),
      { numRuns: 300 },
    );
  });
});

describe('GIF blocks', () => {
  it('of comments and XMP are read back', () => {
    const text = 'é'.repeat(300);
    const packet = `<x:xmpmeta>${'packet '.repeat(100)}</x:xmpmeta>`;
    const bytes = Buffer.concat([GIF_HEADER, commentBlock(text), xmpBlock(packet), Buffer.from([0x3b])]);
    const { blocks, problem } = listGifBlocks(bytes);
    expect(problem).toBeUndefined();
    expect(blocks.map(({ kind }) => kind)).toEqual(['comment', 'application', 'trailer']);
    expect(Buffer.from(joinSubBlocks(bytes, blocks[0]!.contentStart, blocks[0]!.end)).toString('utf8')).toBe(text);
    expect(packetOfXmpBlock(bytes, blocks[1]!)).toBe(packet);
  });

  it('survive any bytes', async () => {
    const block = fc.oneof(fc.constant([0x21, 0xfe]), fc.constant([0x21, 0xff, 11]), fc.constant([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0x87]), fc.constant([0x3b]), fc.array(fc.nat(255), { maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(fc.array(block), async (parts) => {
        const bytes = Uint8Array.from([...GIF_HEADER, ...parts.flat()]);
        for (const { start, end } of listGifBlocks(bytes).blocks) {
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(bytes.length);
        }
        await readXmp(bytesReader(bytes), 'gif');
        await readEmbeddedTags(bytesReader(bytes), 'gif');
      }),
      { numRuns: 500 },
    );
  });
});

describe('sniffContainer', () => {
  it('survives any bytes and goes by content', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 20 }), async (bytes) => void (await sniffContainer(bytesReader(bytes)))));
    expect(await sniffContainer(bytesReader(box('ftyp', Buffer.from('qt  \0\0\0\0'))))).toBe('mov');
    expect(await sniffContainer(bytesReader(box('ftyp', Buffer.from('isom\0\0\0\0'))))).toBe('mp4');
    expect(await sniffContainer(bytesReader(Buffer.from([0x1a, 0x45, 0xdf, 0xa3])))).toBe('webm');
    expect(await sniffContainer(bytesReader(new Uint8Array(0)))).toBe('other');
  });
});

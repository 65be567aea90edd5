import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { VivantError } from '../../core/errors.js';
import { listBoxes } from '../containers/boxes.js';
import { withFile, type ByteReader } from '../containers/byte-reader.js';
import type { Container } from '../containers/container.js';
import { commentBlock, GIF_XMP_APPLICATION, joinSubBlocks, listGifBlocks, packetOfXmpBlock, xmpBlock } from '../containers/gif-blocks.js';
import { listChunks, parseTextChunk, PNG_SIGNATURE_LENGTH, textChunk } from '../containers/png-chunks.js';

/** UUID of the box that carries XMP (XMP specification part 3, 1.2.7). */
const XMP_UUID = 'be7acfcb97a942e89c71999491e3afac';
const PNG_XMP_KEYWORD = 'XML:com.adobe.xmp';
/** Packets are a few kilobytes; more is not read from files of unknown origin. */
const MAX_PACKET_BYTES = 4 << 20;
/** GIF blocks can't be skipped without reading them, so the whole file is held. */
const MAX_GIF_BYTES = 1 << 30;

/** Keywords of PNG text chunks (11.3.4.2) for the tag names of {@link tagsFor}. */
const PNG_KEYWORDS: Readonly<Record<string, string>> = {
  title: 'Title', artist: 'Author', comment: 'Comment', copyright: 'Copyright', description: 'Description', genre: 'Source', synopsis: 'Disclaimer',
};

/** Containers into which {@link embedXmp} can write. */
export function carriesXmp(container: Container): boolean {
  return container === 'mp4' || container === 'mov' || container === 'png' || container === 'gif';
}

/**
 * Writes an XMP packet into the file at `path`, in place; for PNG and GIF the tags too, which their encoders can't carry.
 * The file must be whole and be a temporary one: a crash in the middle leaves it broken.
 *
 * @throws VivantError SIGNING_FAILED when the file's structure has no room for it
 */
export async function embedXmp(path: string, container: Container, packet: string, tags: Readonly<Record<string, string>>): Promise<void> {
  if (container === 'mp4' || container === 'mov') return appendBox(path, packet);
  if (container === 'png') return insertPngText(path, packet, tags);
  if (container === 'gif') return insertGifBlocks(path, packet, tags);
  throw new VivantError('SIGNING_FAILED', `Expected a container that can carry XMP (MP4, MOV, PNG, GIF) but received ${container} in ${path}.`, { details: { path, container } });
}

/** The XMP packet of a file; `undefined` when there is none. Never throws for malformed content. */
export async function readXmp(reader: ByteReader, container: Container): Promise<string | undefined> {
  if (container === 'mp4' || container === 'mov') {
    const { boxes } = await listBoxes(reader);
    const box = boxes.find((candidate) => candidate.uuid === XMP_UUID);
    return box && utf8(await reader.read(box.contentStart, Math.min(box.end - box.contentStart, MAX_PACKET_BYTES)));
  }
  if (container === 'png') return (await readPngTexts(reader)).get(PNG_XMP_KEYWORD);
  if (container === 'gif') {
    const bytes = await reader.read(0, Math.min(reader.size, MAX_GIF_BYTES));
    const block = listGifBlocks(bytes).blocks.find((candidate) => candidate.application === GIF_XMP_APPLICATION);
    return block && packetOfXmpBlock(bytes, block);
  }
  return scanForPacket(reader);
}

/** The tags that {@link embedXmp} put into a PNG or GIF, under the names of {@link tagsFor}; empty for other containers. */
export async function readEmbeddedTags(reader: ByteReader, container: Container): Promise<Record<string, string>> {
  if (container === 'png') {
    const texts = await readPngTexts(reader);
    const pairs = Object.entries(PNG_KEYWORDS).map(([tag, keyword]) => [tag, texts.get(keyword)] as const);
    return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
  }
  if (container !== 'gif') return {};
  const bytes = await reader.read(0, Math.min(reader.size, MAX_GIF_BYTES));
  const comments = listGifBlocks(bytes).blocks.filter((block) => block.kind === 'comment');
  return comments.length === 0 ? {} : { comment: comments.map((block) => utf8(joinSubBlocks(bytes, block.contentStart, block.end))).join('\n') };
}

async function appendBox(path: string, packet: string): Promise<void> {
  const { boxes, problem } = await withFile(path, (reader) => listBoxes(reader));
  if (problem !== undefined || boxes.length === 0 || boxes.at(-1)!.openEnded) {
    throw structureError(path, problem ?? (boxes.length === 0 ? 'no boxes' : 'its last box has no fixed length'));
  }
  const content = Buffer.from(packet, 'utf8');
  const header = Buffer.alloc(24);
  header.writeUInt32BE(24 + content.length, 0);
  header.write('uuid', 4, 'latin1');
  header.write(XMP_UUID, 8, 'hex');
  await appendFile(path, Buffer.concat([header, content]));
}

async function insertPngText(path: string, packet: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const { chunks, problem } = await withFile(path, listChunks);
  const header = chunks[0];
  if (problem !== undefined || header?.type !== 'IHDR') throw structureError(path, problem ?? 'no IHDR chunk');
  const bytes = await readFile(path);
  const texts = Object.entries(PNG_KEYWORDS).flatMap(([tag, keyword]) => (tags[tag] === undefined ? [] : [textChunk(keyword, tags[tag])]));
  await writeFile(path, Buffer.concat([bytes.subarray(0, header.end), textChunk(PNG_XMP_KEYWORD, packet), ...texts, bytes.subarray(header.end)]));
}

async function insertGifBlocks(path: string, packet: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const bytes = await readFile(path);
  const { blocks, problem } = listGifBlocks(bytes);
  const trailer = blocks.at(-1);
  if (problem !== undefined || trailer?.kind !== 'trailer') throw structureError(path, problem ?? 'no trailer');
  const comment = [tags['comment'], tags['copyright']].filter((text) => text !== undefined).join(' ');
  await writeFile(path, Buffer.concat([bytes.subarray(0, trailer.start), commentBlock(comment), xmpBlock(packet), Uint8Array.of(0x3b)]));
}

async function readPngTexts(reader: ByteReader): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (reader.size <= PNG_SIGNATURE_LENGTH) return texts;
  for (const chunk of (await listChunks(reader)).chunks) {
    if ((chunk.type !== 'iTXt' && chunk.type !== 'tEXt') || chunk.contentLength > MAX_PACKET_BYTES) continue;
    const parsed = parseTextChunk(chunk.type, await reader.read(chunk.contentStart, chunk.contentLength));
    if (parsed !== undefined && !texts.has(parsed.keyword)) texts.set(parsed.keyword, parsed.text);
  }
  return texts;
}

/** For other containers: packets are made to be found by scanning; the first megabytes are where writers put them. */
async function scanForPacket(reader: ByteReader): Promise<string | undefined> {
  const head = Buffer.from(await reader.read(0, MAX_PACKET_BYTES));
  const start = head.indexOf('<x:xmpmeta');
  const end = start === -1 ? -1 : head.indexOf('</x:xmpmeta>', start);
  return end === -1 ? undefined : head.toString('utf8', start, end);
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function structureError(path: string, problem: string): VivantError {
  return new VivantError('SIGNING_FAILED', `Expected a whole media file to write XMP into but ${path} is malformed: ${problem}. Encode it again.`, { details: { path, problem } });
}

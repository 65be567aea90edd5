import { crc32 } from 'node:zlib';
import type { ByteReader } from './byte-reader.js';

/** One chunk of a PNG file (ISO/IEC 15948, 5.3). Positions in bytes from the start of the file. */
export interface PngChunk {
  /** Four Latin letters. */
  readonly type: string;
  readonly contentStart: number;
  readonly contentLength: number;
  /** First byte after the chunk's CRC. */
  readonly end: number;
}

/** What a walk found. */
export interface ChunkList {
  readonly chunks: readonly PngChunk[];
  /** Why the walk stopped before IEND; absent for a complete file. */
  readonly problem?: string;
}

export const PNG_SIGNATURE_LENGTH = 8;
const MAX_CHUNKS = 262_144;

/** Lists the chunks up to IEND. Made for untrusted bytes: reads headers only and never throws for malformed content. */
export async function listChunks(reader: ByteReader): Promise<ChunkList> {
  const chunks: PngChunk[] = [];
  let start = PNG_SIGNATURE_LENGTH;
  while (start + 12 <= reader.size) {
    if (chunks.length === MAX_CHUNKS) return { chunks, problem: `more than ${MAX_CHUNKS} chunks` };
    const header = Buffer.from(await reader.read(start, 8));
    if (header.length < 8) break;
    const contentLength = header.readUInt32BE(0);
    const type = header.toString('latin1', 4, 8);
    const end = start + 12 + contentLength;
    if (!/^[A-Za-z]{4}$/.test(type)) return { chunks, problem: `no chunk type at byte ${start + 4}` };
    if (end > reader.size) return { chunks, problem: `chunk ${type} at byte ${start} reaches beyond the end` };
    chunks.push({ type, contentStart: start + 8, contentLength, end });
    if (type === 'IEND') return { chunks };
    start = end;
  }
  return { chunks, problem: 'the file ends without IEND' };
}

/** An uncompressed international text chunk (11.3.4.5). `keyword`: 1 to 79 Latin-1 characters. */
export function textChunk(keyword: string, text: string): Uint8Array {
  const content = Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.from([0, 0, 0, 0, 0]), Buffer.from(text, 'utf8')]);
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write('iTXt', 4, 'latin1');
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}

/** Keyword and text of an uncompressed `iTXt` or `tEXt` chunk; `undefined` for compressed or malformed ones. */
export function parseTextChunk(type: string, content: Uint8Array): { readonly keyword: string; readonly text: string } | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const keywordEnd = bytes.indexOf(0);
  if (keywordEnd < 1 || keywordEnd > 79) return undefined;
  const keyword = bytes.toString('latin1', 0, keywordEnd);
  if (type === 'tEXt') return { keyword, text: bytes.toString('latin1', keywordEnd + 1) };
  if (type !== 'iTXt' || bytes[keywordEnd + 1] !== 0) return undefined;
  const languageEnd = bytes.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd === -1 ? -1 : bytes.indexOf(0, languageEnd + 1);
  return translatedEnd === -1 ? undefined : { keyword, text: bytes.toString('utf8', translatedEnd + 1) };
}

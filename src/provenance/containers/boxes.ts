import type { ByteReader } from './byte-reader.js';

/** One box of an ISO base media file (ISO/IEC 14496-12, 4.2). Positions in bytes from the start of the file. */
export interface IsoBox {
  /** Four characters, Latin-1. */
  readonly type: string;
  /** For `uuid` boxes: 32 hex digits. */
  readonly uuid?: string;
  readonly start: number;
  /** First byte after size, type, long size and uuid. */
  readonly contentStart: number;
  readonly end: number;
  /** The box says "to the end of the file": nothing can be appended after it. */
  readonly openEnded: boolean;
}

/** What a walk found. */
export interface BoxList {
  readonly boxes: readonly IsoBox[];
  /** Why the walk stopped early; absent when the boxes fill the range exactly. */
  readonly problem?: string;
}

/** A sane file has a handful of boxes on a level; a crafted one may have millions of 8-byte ones. */
const MAX_BOXES = 65_536;

/**
 * Lists the boxes of one level. Made for untrusted bytes: it reads headers only, each step goes forward, and nothing
 * that a header claims is believed beyond the range. It never throws for malformed content.
 *
 * @param range - bytes to walk; the whole file by default
 */
export async function listBoxes(reader: ByteReader, range: { readonly start: number; readonly end: number } = { start: 0, end: reader.size }): Promise<BoxList> {
  const boxes: IsoBox[] = [];
  const end = Math.min(range.end, reader.size);
  let start = range.start;
  while (start < end) {
    if (boxes.length === MAX_BOXES) return { boxes, problem: `more than ${MAX_BOXES} boxes` };
    const header = await reader.read(start, Math.min(32, end - start));
    const box = parseHeader(header, start, end);
    if (typeof box === 'string') return { boxes, problem: `${box} at byte ${start}` };
    boxes.push(box);
    start = box.end;
  }
  return { boxes };
}

/** The box at `start`, or what is wrong with it. */
function parseHeader(header: Uint8Array, start: number, end: number): IsoBox | string {
  if (header.length < 8) return 'a box header is cut off';
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const type = Buffer.from(header.subarray(4, 8)).toString('latin1');
  let headerSize = 8;
  let size = view.getUint32(0);
  const openEnded = size === 0;
  if (openEnded) size = end - start;
  if (size === 1) {
    if (header.length < 16) return 'a long box header is cut off';
    // A 64-bit size above 2^53 becomes inexact here and is refused below as "beyond the end".
    size = Number(view.getBigUint64(8));
    headerSize = 16;
  }
  let uuid: string | undefined;
  if (type === 'uuid') {
    if (header.length < headerSize + 16) return 'a uuid box is cut off';
    uuid = Buffer.from(header.subarray(headerSize, headerSize + 16)).toString('hex');
    headerSize += 16;
  }
  if (size < headerSize) return `box '${printable(type)}' says that it is ${size} bytes long, shorter than its header`;
  if (start + size > end) return `box '${printable(type)}' reaches beyond the end`;
  return { type, start, contentStart: start + headerSize, end: start + size, openEnded, ...(uuid === undefined ? {} : { uuid }) };
}

function printable(type: string): string {
  return type.replace(/[^\x20-\x7e]/g, '?');
}

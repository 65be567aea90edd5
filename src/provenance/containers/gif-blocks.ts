/** One block of a GIF file after the global colour table (GIF89a, appendix A). Positions in bytes. */
export interface GifBlock {
  readonly kind: 'image' | 'comment' | 'application' | 'extension' | 'trailer';
  /** For `application`: identifier and authentication code, 11 characters. */
  readonly application?: string;
  readonly start: number;
  /** First byte after the block's fixed part: where its data sub-blocks begin. */
  readonly contentStart: number;
  readonly end: number;
}

/** What a walk found. */
export interface GifBlockList {
  readonly blocks: readonly GifBlock[];
  /** Why the walk stopped before the trailer; absent for a complete file. */
  readonly problem?: string;
}

/** Lists the blocks up to the trailer. Made for untrusted bytes: every step goes forward, and it never throws. */
export function listGifBlocks(bytes: Uint8Array): GifBlockList {
  const blocks: GifBlock[] = [];
  let start = 13 + colourTableLength(bytes[10] ?? 0);
  while (start < bytes.length) {
    const block = parseBlock(bytes, start);
    if (typeof block === 'string') return { blocks, problem: `${block} at byte ${start}` };
    blocks.push(block);
    if (block.kind === 'trailer') return { blocks };
    start = block.end;
  }
  return { blocks, problem: 'the file ends without a trailer' };
}

function parseBlock(bytes: Uint8Array, start: number): GifBlock | string {
  const introducer = bytes[start];
  if (introducer === 0x3b) return { kind: 'trailer', start, contentStart: start + 1, end: start + 1 };
  if (introducer === 0x2c) {
    if (start + 10 > bytes.length) return 'an image descriptor is cut off';
    return finish(bytes, 'image', start, start + 11 + colourTableLength(bytes[start + 9]!));
  }
  if (introducer !== 0x21) return 'no block';
  const label = bytes[start + 1];
  if (label === 0xfe) return finish(bytes, 'comment', start, start + 2);
  if (label !== 0xff || bytes[start + 2] !== 11) return finish(bytes, 'extension', start, start + 2);
  const application = Buffer.from(bytes.subarray(start + 3, start + 14)).toString('latin1');
  return finish(bytes, 'application', start, start + 14, application);
}

function finish(bytes: Uint8Array, kind: GifBlock['kind'], start: number, contentStart: number, application?: string): GifBlock | string {
  let position = contentStart;
  while (position < bytes.length) {
    const length = bytes[position]!;
    position += length + 1;
    if (length === 0) return { kind, start, contentStart, end: position, ...(application === undefined ? {} : { application }) };
  }
  return 'a block is cut off';
}

/** Length in bytes of the colour table that a packed field announces. */
function colourTableLength(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

/** Joins the data sub-blocks between two positions. */
export function joinSubBlocks(bytes: Uint8Array, contentStart: number, end: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let position = contentStart; position < end; position += bytes[position]! + 1) {
    parts.push(bytes.subarray(position + 1, position + 1 + bytes[position]!));
  }
  return Buffer.concat(parts);
}

/** A comment extension with UTF-8 text. */
export function commentBlock(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const parts: Uint8Array[] = [Uint8Array.of(0x21, 0xfe)];
  for (let start = 0; start < bytes.length; start += 255) {
    const piece = bytes.subarray(start, start + 255);
    parts.push(Uint8Array.of(piece.length), piece);
  }
  parts.push(Uint8Array.of(0));
  return Buffer.concat(parts);
}

/** Identifier and code of the XMP application extension. */
export const GIF_XMP_APPLICATION = 'XMP DataXMP';

/** Bytes after the packet that bring any reader of sub-blocks, wherever it lands in the packet, to the end. */
const MAGIC_TRAILER = Uint8Array.from([1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0]);

/** An application extension with an XMP packet (XMP specification part 3, 1.1.2): raw, not in sub-blocks. */
export function xmpBlock(packet: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x21, 0xff, 11), Buffer.from(GIF_XMP_APPLICATION, 'latin1'), Buffer.from(packet, 'utf8'), MAGIC_TRAILER]);
}

/** The packet in an XMP application extension. */
export function packetOfXmpBlock(bytes: Uint8Array, block: GifBlock): string {
  return Buffer.from(bytes.subarray(block.contentStart, Math.max(block.contentStart, block.end - MAGIC_TRAILER.length))).toString('utf8');
}

import type { ByteReader } from './byte-reader.js';

/** Containers that provenance knows how to look into; `other` is left to the media prober. */
export type Container = 'mp4' | 'mov' | 'png' | 'gif' | 'webm' | 'jpeg' | 'webp' | 'other';

/** MIME types under which the C2PA library takes a container; the others can't carry a manifest. */
export const C2PA_MIME: Readonly<Partial<Record<Container, string>>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  png: 'image/png',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

/** Tells containers apart by their first bytes; file names lie. */
export async function sniffContainer(reader: ByteReader): Promise<Container> {
  const head = await reader.read(0, 16);
  const text = Buffer.from(head).toString('latin1');
  if (text.slice(4, 8) === 'ftyp') return text.slice(8, 12) === 'qt  ' ? 'mov' : 'mp4';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (text.startsWith('\x1a\x45\xdf\xa3')) return 'webm';
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  // QuickTime files older than the file type box start with one of these.
  if (['moov', 'mdat', 'wide'].includes(text.slice(4, 8))) return 'mov';
  return 'other';
}

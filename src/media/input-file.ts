import { open, stat } from 'node:fs/promises';
import { VivantError } from '../core/errors.js';

/** Picture formats that are read with sharp; everything else goes to ffmpeg. */
export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif';

const HEADER_BYTES = 32;

/**
 * Checks that `path` is a file with something in it, and tells a picture by its first bytes (names may lie).
 *
 * @returns the picture's format; `undefined` for everything that is not a picture known by its first bytes.
 * @throws VivantError `INPUT_NOT_FOUND` for a missing file, `UNREADABLE_MEDIA` for a folder, an empty file, or one that may
 * not be read.
 */
export async function checkInput(path: string): Promise<PictureFormat | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw unreadable(path, 'it is a folder');
    if (!info.isFile()) throw unreadable(path, 'it is neither a regular file nor a link to one');
    if (info.size === 0) throw unreadable(path, 'the file is empty');
    const file = await open(path);
    try {
      await file.read(header, 0, HEADER_BYTES, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof VivantError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new VivantError('INPUT_NOT_FOUND', `Expected a media file at ${JSON.stringify(path)} but there is none. Check the path.`, {
        details: { path },
        cause: error,
      });
    }
    throw unreadable(path, `the system refused to open it (${code ?? String(error)})`, error);
  }
  return pictureFormat(header);
}

/** The error for a file that is there but can't be used. */
export function unreadable(path: string, reason: string, cause?: unknown, stderr?: readonly string[]): VivantError {
  return new VivantError(
    'UNREADABLE_MEDIA',
    `Expected a video or a picture in ${JSON.stringify(path)} but ${reason}. ` +
      'Check that the file is complete and opens in a player; converting it to MP4, JPEG or PNG often helps.',
    { details: { path, reason, ...(stderr && { stderr }) }, cause },
  );
}

function pictureFormat(h: Buffer): PictureFormat | undefined {
  const text = h.toString('latin1');
  if (h[0] === 0xff && h[1] === 0xd8 && h[2] === 0xff) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp';
  // 42 = TIFF, 43 = BigTIFF
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'tiff';
  if (text.startsWith('ftyp', 4) && /avif|avis|mif1/.test(text.slice(8, HEADER_BYTES))) return 'avif';
  return undefined;
}

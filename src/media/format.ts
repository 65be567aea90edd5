import { extname } from 'node:path';
import { VivantError } from '../core/errors.js';

/** What a sink can write. @public */
export type OutputFormat = 'mp4' | 'mov' | 'webm' | 'gif' | 'png' | 'png-sequence';

const BY_EXTENSION: Readonly<Record<string, OutputFormat>> = {
  '.mp4': 'mp4',
  '.m4v': 'mp4',
  '.mov': 'mov',
  '.webm': 'webm',
  '.gif': 'gif',
  '.png': 'png',
};

/** `%d` or `%04d`: the place of the frame number in a file name. */
export const FRAME_NUMBER = /%(?:0(\d+))?d/;

/**
 * The format that an output path asks for: by its extension; a path with `%d` / `%04d` or one that ends in a slash is a
 * PNG sequence.
 *
 * @throws VivantError `INVALID_OPTION` for any other path.
 */
export function outputFormat(path: string): OutputFormat {
  const extension = extname(path).toLowerCase();
  if (/[/\\]$/.test(path)) return 'png-sequence';
  if (FRAME_NUMBER.test(path) && extension === '.png') return 'png-sequence';
  const format = BY_EXTENSION[extension];
  if (format !== undefined && !FRAME_NUMBER.test(path)) return format;
  throw new VivantError(
    'INVALID_OPTION',
    `Expected an output that ends in .mp4, .m4v, .mov, .webm, .gif or .png, a pattern such as frames/%04d.png, or a folder ` +
      `that ends in a slash, but received ${JSON.stringify(path)}.`,
    { details: { path } },
  );
}

/** True for the formats whose encoders halve the colour resolution and so need even sides. */
export function needsEvenSize(format: OutputFormat): boolean {
  return format === 'mp4' || format === 'mov' || format === 'webm';
}

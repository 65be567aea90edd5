import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../animator/cancel.js';
import { VivantError } from '../../core/errors.js';
import { diskFull } from '../../media/encode-failure.js';
import type { Label } from '../label.js';
import type { Level } from '../levels.js';
import type { ExportTask } from './exporter.js';

/**
 * Copies the file of a clip, byte for byte: it keeps its marks and its signature.
 *
 * @param to - within the export
 * @throws VivantError `INVALID_CORPUS` when the file is gone, `DISK_FULL`, `ABORTED`
 */
export async function copyVideo({ corpus, dir, signal }: ExportTask, { id, files }: Label, level: Level, to: string): Promise<void> {
  throwIfAborted(signal);
  const file = files.find((entry) => entry.level === level);
  if (file === undefined) throw new VivantError('INVALID_OPTION', `Expected \`level\` to be one of ${corpus.levels.join(', ')}, which this corpus has, but received ${level}.`, { details: { option: 'level' } });
  const from = join(corpus.dir, 'items', id, file.path);
  const target = join(dir, to);
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(from, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    throw diskFull(error, target) ?? new VivantError('INVALID_CORPUS', `Expected to copy ${from} to ${target} but could not (${(error as NodeJS.ErrnoException).code ?? String(error)}). Make the corpus again: what is missing is made.`, { details: { from, to: target }, cause: error });
  }
}

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VivantError } from '../core/errors.js';
import type { OutputFormat } from '../media/format.js';
import { sequenceFrames, sidecarPath } from '../provenance/containers/frame-sequence.js';

/**
 * Refuses an output that could not be written at the end, before any work is done.
 *
 * @throws VivantError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`
 */
export async function checkOutput(path: string, format: OutputFormat | 'motion' | 'sitter' | 'json', force: boolean): Promise<void> {
  const folder = dirname(resolve(path));
  const isFolder = await stat(folder).then((entry) => entry.isDirectory(), () => false);
  if (!isFolder) {
    throw new VivantError('OUTPUT_UNWRITABLE', `The folder ${folder} does not exist. Create it, or choose another output.`, { details: { path, folder } });
  }
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new VivantError('OUTPUT_UNWRITABLE', `The folder ${folder} can't be written to. Change its permissions, or choose another output.`, {
      details: { path, folder },
      cause,
    });
  });
  const existing = await lstat(path).catch(() => undefined);
  if (format === 'png-sequence') {
    if (existing !== undefined && !existing.isDirectory()) throw unwritable(path, 'Expected a folder for the frames but it is a file');
    if (!force && (await framesAt(path)).length > 0) throw outputExists(path);
    return;
  }
  if (existing?.isDirectory()) throw unwritable(path, 'Expected a file but it is a folder');
  if (existing !== undefined && !force) throw outputExists(path);
}

/** A result under its temporary name. */
export interface Finished {
  /** A file; of a sequence the folder that holds its frames. */
  readonly path: string;
  /** The signed record beside it, for formats that can't carry a signature. */
  readonly sidecar: string | undefined;
}

/**
 * Gives a finished result its name. A file appears in one step; without `force` a file that has appeared there meanwhile
 * stays.
 *
 * @throws VivantError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`
 */
export async function publish(finished: Finished, path: string, format: OutputFormat, force: boolean): Promise<void> {
  // The record comes first: a file without it would be less disclosed than promised.
  const sidecar = sidecarPath(path);
  if (finished.sidecar !== undefined) await moveTo(finished.sidecar, sidecar, force);
  try {
    if (format === 'png-sequence') await publishFrames(finished.path, path, force);
    else await moveTo(finished.path, path, force);
  } catch (error) {
    if (finished.sidecar !== undefined) await rm(sidecar, { force: true });
    throw error;
  }
}

/**
 * Writes a small file in one step.
 *
 * @throws VivantError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`
 */
export async function writeFileOnce(path: string, content: string | Uint8Array, force: boolean): Promise<void> {
  const temporary = join(dirname(resolve(path)), `.${basename(path)}.${randomUUID()}.partial`);
  try {
    await writeFile(temporary, content, { flag: 'wx' }).catch((cause: unknown) => {
      throw unwritable(path, 'It could not be written', cause);
    });
    await moveTo(temporary, path, force);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function moveTo(from: string, path: string, force: boolean): Promise<void> {
  try {
    if (force) {
      await rename(from, path);
      return;
    }
    // A hard link fails when the name is taken; rename would replace it.
    await link(from, path);
    await rm(from);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') throw outputExists(path);
    if (!force && ['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK'].includes(code)) {
      // A file system without hard links: the check and the rename are two steps there.
      if ((await lstat(path).catch(() => undefined)) !== undefined) throw outputExists(path);
      await moveTo(from, path, true);
      return;
    }
    throw unwritable(path, `The finished file could not be moved there (${code})`, cause);
  }
}

/** Frames move into the folder that the path names; `force` replaces the frames of an earlier run. */
async function publishFrames(from: string, path: string, force: boolean): Promise<void> {
  const isFolder = /[/\\]$/.test(path);
  const folder = isFolder ? resolve(path) : dirname(resolve(path));
  await mkdir(folder, { recursive: true });
  const old = await framesAt(path);
  if (old.length > 0 && !force) throw outputExists(path);
  await Promise.all(old.map((frame) => rm(frame)));
  for (const name of await readdir(from)) await moveTo(join(from, name), join(folder, basename(name)), force);
  await rm(from, { recursive: true, force: true });
}

async function framesAt(path: string): Promise<readonly string[]> {
  const folder = /[/\\]$/.test(path) ? path : dirname(path);
  const exists = (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  return exists ? sequenceFrames(path) : [];
}

function unwritable(path: string, problem: string, cause?: unknown): VivantError {
  return new VivantError('OUTPUT_UNWRITABLE', `${path}: ${problem}. Choose another output.`, { details: { path }, cause });
}

function outputExists(path: string): VivantError {
  return new VivantError('OUTPUT_EXISTS', `${path} exists already. Choose another name, or replace it with \`force\`.`, { details: { path } });
}

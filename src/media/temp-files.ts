import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VivantError } from '../core/errors.js';
import { diskFull } from './encode-failure.js';
import { onProcessEnd } from './exit-cleanup.js';

/** A file or folder that goes away with this process unless it is renamed. */
export interface TempPath {
  readonly path: string;
  /** Removes what is there, if anything, and forgets it. Safe to call twice. */
  remove(): Promise<void>;
}

/** `.<name>.<pid>-<random>.partial<.ext>` */
const PARTIAL = /^\.(.+)\.(\d+)-[0-9a-f]{8}\.partial(?:\.[A-Za-z0-9]+)?$/;

/** Paths of this process that are not removed yet, with the way to forget their clean-up. */
const registered = new Map<string, () => void>();

/**
 * Makes an empty temporary file beside `finalPath`, so that an unwritable place shows before any work is done.
 *
 * @param extension - With its dot; encoders choose by it.
 * @throws VivantError `OUTPUT_UNWRITABLE`, `DISK_FULL`.
 */
export async function reserveTempFile(finalPath: string, extension: string): Promise<TempPath> {
  return reserve(finalPath, extension, async (path) => (await open(path, 'wx')).close());
}

/** The same for a folder. */
export async function reserveTempFolder(finalPath: string): Promise<TempPath> {
  return reserve(finalPath, '', (path) => mkdir(path));
}

/** Removes what earlier runs for the same output left behind when they were killed. Other runs still alive keep theirs. */
export async function removeStalePartials(finalPath: string): Promise<void> {
  const folder = dirname(resolve(finalPath));
  const name = basename(finalPath);
  for (const entry of await readdir(folder).catch(() => [])) {
    const match = PARTIAL.exec(entry);
    if (match?.[1] !== name || isAlive(Number(match[2]))) continue;
    await rm(join(folder, entry), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function reserve(finalPath: string, extension: string, make: (path: string) => Promise<void>): Promise<TempPath> {
  forgetRenamed();
  const name = `.${basename(finalPath)}.${String(process.pid)}-${randomBytes(4).toString('hex')}.partial${extension}`;
  const path = join(dirname(resolve(finalPath)), name);
  registered.set(path, onProcessEnd(() => rmSync(path, { recursive: true, force: true })));
  try {
    await make(path);
  } catch (error) {
    forget(path);
    throw diskFull(error, finalPath) ?? unwritable(finalPath, error);
  }
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      forget(path);
    },
  };
}

function forget(path: string): void {
  registered.get(path)?.();
  registered.delete(path);
}

/** Outputs that were renamed to their final name need no clean-up any more. */
function forgetRenamed(): void {
  for (const path of [...registered.keys()]) if (!existsSync(path)) forget(path);
}

function unwritable(path: string, cause: unknown): VivantError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new VivantError(
    'OUTPUT_UNWRITABLE',
    `Expected to write beside ${JSON.stringify(path)} but the system refused (${code}). Check that the folder exists and may be written to.`,
    { details: { path, code }, cause },
  );
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, alive.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

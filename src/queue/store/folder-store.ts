import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { diskFull } from '../../media/encode-failure.js';
import type { ResultStore } from './result-store.js';

/** What has been on its way for so long was left by a worker that was killed, milliseconds. */
const STALE = 24 * 3600 * 1000;

/** Results in a folder that all machines see, such as a network drive: `<root>/<first two digits>/<key>/`. */
export class FolderStore implements ResultStore {
  #swept = false;

  constructor(private readonly root: string) {}

  async has(key: string): Promise<boolean> {
    return isFolder(this.#place(key));
  }

  async put(key: string, folder: string): Promise<void> {
    const place = this.#place(key);
    if (await isFolder(place)) return;
    await this.#sweep();
    const incoming = join(this.#incoming, `${key}.${randomUUID()}`);
    try {
      await mkdir(dirname(place), { recursive: true });
      await cp(folder, incoming, { recursive: true });
      // A folder appears under its key by one rename; when two workers are as fast, the second one finds it taken.
      await rename(incoming, place).catch(async (error: unknown) => {
        if (!(await isFolder(place))) throw error;
      });
    } catch (error) {
      throw diskFull(error, place) ?? unwritable(place, error);
    } finally {
      // What is left of a failure is in nobody's way.
      await rm(incoming, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async get(key: string, folder: string): Promise<void> {
    const place = this.#place(key);
    if (!(await isFolder(place))) throw new VivantError('INPUT_NOT_FOUND', `Expected a result at ${place} but there is none. Do all machines see the same folder?`, { details: { path: place } });
    await cp(place, folder, { recursive: true }).catch((error: unknown) => {
      throw diskFull(error, folder) ?? unwritable(folder, error);
    });
  }

  get #incoming(): string {
    return join(this.root, '.incoming');
  }

  /** Once a run, removes what killed workers left half-copied. */
  async #sweep(): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    for (const name of await readdir(this.#incoming).catch(() => [])) {
      const path = join(this.#incoming, name);
      const changed = await stat(path).then(({ mtimeMs }) => mtimeMs, () => Infinity);
      if (Date.now() - changed > STALE) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  #place(key: string): string {
    return join(this.root, key.slice(0, 2), key);
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then((entry) => entry.isDirectory(), () => false);
}

function unwritable(path: string, cause: unknown): VivantError {
  return new VivantError('OUTPUT_UNWRITABLE', `A result can't be stored at ${path}: ${String(cause)}`, { details: { path }, cause });
}

import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { VivantError, type VivantErrorCode } from '../../core/errors.js';
import { diskFull } from '../../media/encode-failure.js';
import type { ItemJob } from '../job.js';
import { LABEL_FILE, readLabel } from '../label.js';

/** Half-made clips. */
export const WORK_FOLDER = '.work';
/** Finished clips, one folder each. */
export const ITEMS_FOLDER = 'items';
const FAILED_FOLDER = 'failed';

/** `<id>.<host>.<pid>-<random>` */
const WORK_NAME = /^(.+)\.([^.]+)\.(\d+)-[0-9a-f]{8}$/;

/** What is kept of a clip that could not be made. */
export interface Failure {
  readonly id: string;
  readonly code: VivantErrorCode;
  readonly message: string;
  /** How often it was tried. */
  readonly attempts: number;
}

/**
 * Makes the folders of a corpus and clears away what dead runs on this machine left behind.
 *
 * @throws VivantError `OUTPUT_UNWRITABLE`, `DISK_FULL`
 */
export async function openCorpusFolder(dir: string): Promise<void> {
  try {
    for (const name of [ITEMS_FOLDER, FAILED_FOLDER, WORK_FOLDER]) await mkdir(join(dir, name), { recursive: true });
  } catch (error) {
    throw diskFull(error, dir) ?? unwritable(dir, error);
  }
  for (const name of await readdir(join(dir, WORK_FOLDER))) {
    const match = WORK_NAME.exec(name);
    if (match?.[2] === host() && !isAlive(Number(match[3]))) await rm(join(dir, WORK_FOLDER, name), { recursive: true, force: true });
  }
}

/** An empty folder in which a clip is made, on the file system of the corpus. */
export async function makeWorkFolder(dir: string, id: string): Promise<string> {
  const folder = join(dir, WORK_FOLDER, `${id}.${host()}.${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskFull(error, folder) ?? unwritable(folder, error);
  }
  return folder;
}

/** Whether the clip is there, made from the same things. */
export async function isMade(dir: string, job: ItemJob): Promise<boolean> {
  return (await readLabel(join(dir, ITEMS_FOLDER, job.id)))?.key === job.key;
}

/**
 * Moves a finished clip into the corpus, in one step. When it is there already (another run was faster) the folder is thrown
 * away: a clip is never replaced.
 *
 * @throws VivantError `INVALID_CORPUS` when the folder has no label of this job, `DISK_FULL`, `OUTPUT_UNWRITABLE`
 */
export async function placeItem(dir: string, job: ItemJob, folder: string): Promise<void> {
  if ((await readLabel(folder))?.key !== job.key) {
    throw new VivantError('INVALID_CORPUS', `Expected the finished clip ${job.id} in ${folder} but its ${LABEL_FILE} is missing or of another clip.`, { details: { id: job.id, folder } });
  }
  const target = join(dir, ITEMS_FOLDER, job.id);
  try {
    await rename(folder, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EXDEV') return moveAcross(dir, job, folder);
    if (!(await isMade(dir, job))) throw diskFull(error, target) ?? unwritable(target, error);
    await rm(folder, { recursive: true, force: true });
  }
  await rm(failurePath(dir, job.id), { force: true });
}

/** From another file system: copied beside its place first, so that it still appears in one step. */
async function moveAcross(dir: string, job: ItemJob, folder: string): Promise<void> {
  const near = await makeWorkFolder(dir, job.id);
  try {
    await cp(folder, near, { recursive: true });
    await placeItem(dir, job, near);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    await rm(near, { recursive: true, force: true });
    throw diskFull(error, near) ?? error;
  }
}

/** Writes down that a clip could not be made. A disk that is too full even for that loses only the note. */
export async function recordFailure(dir: string, job: Pick<ItemJob, 'id'>, { code, message }: { readonly code: VivantErrorCode; readonly message: string }): Promise<void> {
  const earlier = await readFailure(dir, job.id);
  const failure: Failure = { id: job.id, code, message, attempts: (earlier?.attempts ?? 0) + 1 };
  await writeWhole(failurePath(dir, job.id), `${JSON.stringify(failure, null, 2)}\n`).catch(() => undefined);
}

/** What is known of a clip that could not be made; `undefined` when nothing is. */
export async function readFailure(dir: string, id: string): Promise<Failure | undefined> {
  try {
    return JSON.parse(await readFile(failurePath(dir, id), 'utf8')) as Failure;
  } catch {
    return undefined;
  }
}

/** Writes a small file in one step, replacing what is there. @throws VivantError `DISK_FULL`, `OUTPUT_UNWRITABLE` */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.partial`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskFull(error, path) ?? unwritable(path, error);
  }
}

function failurePath(dir: string, id: string): string {
  return join(dir, FAILED_FOLDER, `${id}.json`);
}

/** Without dots, which part the name of a work folder. */
function host(): string {
  return hostname().replaceAll('.', '-');
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function unwritable(path: string, cause: unknown): VivantError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new VivantError('OUTPUT_UNWRITABLE', `Expected to write ${path} but the system refused (${code}). Check that the folder exists and may be written to.`, { details: { path, code }, cause });
}

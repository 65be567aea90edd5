import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asAborted, throwIfAborted } from '../../animator/cancel.js';
import type { Toolbox } from '../../animator/tools.js';
import { VivantError } from '../../core/errors.js';
import { diskFull } from '../../media/encode-failure.js';
import { fileSha256 } from '../../provenance/containers/file-hash.js';
import type { ItemJob, JobInput } from '../job.js';
import { type Label, LABEL_FILE } from '../label.js';
import { type ClipTools, makeAttack } from './attack.js';
import { makeBonafide } from './bonafide.js';
import { plannedFacts } from './planned-facts.js';

export interface MakeItemOptions {
  /** Models, loaded once; one item at a time. */
  readonly tools: Toolbox;
  /** Replaces the job's root on a machine that has the inputs elsewhere. */
  readonly root?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with every frame. */
  readonly onProgress?: ((progress: { readonly frame: number; readonly frames: number | undefined }) => void) | undefined;
}

/**
 * Makes one clip in all its compression levels, and its label.
 *
 * @param folder - an empty folder; nothing is written elsewhere. After a failure it may hold remains: throw it away
 * @throws VivantError: whatever animating throws; `INPUT_NOT_FOUND` when an input is gone, `INVALID_MANIFEST` when it was changed
 * since the plan was made, `DISK_FULL`, `ABORTED`
 */
export async function makeItem(job: ItemJob, folder: string, { tools, root = job.root, signal, onProgress }: MakeItemOptions): Promise<Label> {
  try {
    throwIfAborted(signal);
    await checkInputs(job, root);
    const clipTools: ClipTools = { toolbox: tools, folder, root, signal, onFrame: (frame, frames) => onProgress?.({ frame, frames }) };
    const facts = job.kind === 'attack' ? await makeAttack(job, clipTools) : await makeBonafide(job, clipTools);
    const label: Label = { ...plannedFacts(job), ...facts, created: new Date().toISOString() };
    throwIfAborted(signal);
    await writeFile(join(folder, LABEL_FILE), `${JSON.stringify(label, null, 2)}\n`);
    return label;
  } catch (error) {
    throw asAborted(diskFull(error, join(folder, LABEL_FILE)) ?? error, signal);
  }
}

async function checkInputs(job: ItemJob, root: string): Promise<void> {
  const inputs: readonly JobInput[] = job.kind === 'attack' ? [...job.subject.photos, ...(job.subject.landmarks ? [job.subject.landmarks] : []), job.driver.video] : [job.recording.video];
  for (const { path, sha256 } of inputs) {
    const file = resolve(root, path);
    const found = await fileSha256(file).catch((cause: unknown) => {
      throw new VivantError('INPUT_NOT_FOUND', `Expected an input of ${job.id} at ${file} but it can't be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, { details: { path: file }, cause });
    });
    if (found !== sha256) {
      throw new VivantError('INVALID_MANIFEST', `${file} was changed since the corpus was planned. Put the old file back, or start the corpus again with the new one.`, { details: { path: file, expected: sha256, received: found } });
    }
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Toolbox } from '../../animator/tools.js';
import { VivantError, type VivantErrorCode } from '../../core/errors.js';
import { resolveAnimator } from '../../options.js';
import type { ItemJob } from '../job.js';
import { makeItem } from './make-item.js';
import { makeWorkFolder } from './place.js';

/** Makes one clip after the other with models that are loaded once. */
export interface ItemMaker {
  /** @returns the folder with the finished clip; after a failure there is none */
  make(job: ItemJob, signal: AbortSignal, onFrame: (frame: number) => void): Promise<string>;
  /** False when its process has died. */
  readonly usable: boolean;
  close(): Promise<void>;
}

/** What a process for making clips is told. */
export type MakerRequest = { readonly type: 'make'; readonly job: ItemJob; readonly dir: string } | { readonly type: 'abort' };

/** What it answers. */
export type MakerResponse =
  | { readonly type: 'frame'; readonly frame: number }
  | { readonly type: 'made'; readonly folder: string }
  | { readonly type: 'failed'; readonly error: { readonly code: VivantErrorCode; readonly message: string; readonly details: Readonly<Record<string, unknown>> } };

/** Makes clips in this process. */
export function openLocalMaker(dir: string): ItemMaker {
  const tools = new Toolbox(resolveAnimator({}));
  return {
    async make(job, signal, onFrame) {
      const folder = await makeWorkFolder(dir, job.id);
      try {
        await makeItem(job, folder, { tools, signal, onProgress: ({ frame }) => onFrame(frame) });
        return folder;
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
    usable: true,
    close: () => tools.close(),
  };
}

/** Makes clips in a process of its own; it ends with this one, however this one ends. */
export async function startMakerProcess(dir: string): Promise<ItemMaker> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./maker-process.js', import.meta.url)), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let ended: string | undefined;
  const gone = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => void (ended = signal === null ? `exit code ${String(code)}` : String(signal)));
  const tell = (request: MakerRequest): void => void (child.connected && child.send(request));
  return {
    make: (job, signal, onFrame) =>
      new Promise((resolve, reject) => {
        const stop = (): void => tell({ type: 'abort' });
        const settle = (): void => {
          child.off('message', hear);
          signal.removeEventListener('abort', stop);
        };
        const hear = (response: MakerResponse): void => {
          if (response.type === 'frame') {
            onFrame(response.frame);
            return;
          }
          settle();
          if (response.type === 'made') resolve(response.folder);
          else reject(new VivantError(response.error.code, response.error.message, { details: response.error.details }));
        };
        child.on('message', hear);
        signal.addEventListener('abort', stop, { once: true });
        void gone.then(() => {
          settle();
          reject(new VivantError('INTERNAL', `The process that made ${job.id} ended unexpectedly (${ended ?? 'unknown'}). The same command tries this clip again.`, { details: { id: job.id, reason: ended } }));
        });
        tell({ type: 'make', job, dir });
        if (signal.aborted) stop();
      }),
    get usable() {
      return ended === undefined && child.connected;
    },
    async close() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

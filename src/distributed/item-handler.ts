import { rename, rm } from 'node:fs/promises';
import { VivantError } from '../core/errors.js';
import { openLocalMaker, startMakerProcess, type ItemMaker } from '../corpus/make/maker.js';
import type { ItemJob } from '../corpus/job.js';
import type { Handler } from '../queue/worker.js';

/** Kind of the items that a corpus orders. */
export const CORPUS_ITEM = 'corpus-item';

/** Makes clips for a worker. */
export interface ItemMakers {
  readonly handler: Handler;
  close(): Promise<void>;
}

/**
 * Makers are started when they are needed and kept: models are loaded once. One clip at a time is made in this process, more in
 * processes of their own.
 *
 * @param scratch - folder for half-made clips
 * @param root - where this machine has the inputs; absent: where the ordering machine has them
 */
export function openItemMakers(scratch: string, processes: number, root: string | undefined): ItemMakers {
  const all = new Set<ItemMaker>();
  const free: ItemMaker[] = [];
  const open = async (): Promise<ItemMaker> => {
    const maker = processes === 1 ? openLocalMaker(scratch) : await startMakerProcess(scratch);
    all.add(maker);
    return maker;
  };
  return {
    async handler(payload, folder, signal) {
      const job = payload as ItemJob;
      if (typeof job?.id !== 'string' || typeof job.key !== 'string') throw new VivantError('INVALID_MANIFEST', 'The order holds no clip: it was not put there by "vivant corpus make".');
      const maker = free.pop() ?? (await open());
      try {
        const made = await maker.make(root === undefined ? job : { ...job, root }, signal, () => undefined);
        // `folder` is empty: the finished one takes its place.
        await rm(folder, { recursive: true });
        await rename(made, folder);
      } finally {
        if (maker.usable) free.push(maker);
        else all.delete(maker);
      }
    },
    async close() {
      await Promise.all([...all].map((maker) => maker.close()));
    },
  };
}

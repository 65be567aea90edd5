// A worker process for the kill test, on the product's own loop. Items: {n, ms, fault?}.
import { appendFileSync, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { VivantError } from '../../../dist/core/errors.js';
import { runQueueWorker } from '../../../dist/queue/engine/run-worker.js';
import { openStore } from '../../../dist/queue/store/open-store.js';

const [url, folder, limits] = process.argv.slice(2);
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());

/** Two files a result, so that a torn one would show. */
async function tiny({ n, ms, fault }, out, signal) {
  appendFileSync(join(folder, 'begun.log'), `${n}\n`);
  await writeFile(join(out, 'a.txt'), `item ${n}`);
  await pause(ms, undefined, { signal }).catch((cause) => {
    throw new VivantError('ABORTED', 'stopped', { cause });
  });
  if (fault === 'kills') process.kill(process.pid, 'SIGKILL');
  if (fault === 'for-good') throw new VivantError('NO_FACE', 'there is no face in it');
  if (fault === 'always') throw new Error('a network drive is away');
  if (fault === 'once') {
    const mark = join(folder, `tried-${n}`);
    if (!existsSync(mark)) {
      await writeFile(mark, '');
      throw new Error('not yet');
    }
  }
  if (fault === 'full') throw new VivantError('DISK_FULL', 'no room left');
  await writeFile(join(out, 'b.txt'), `whole ${n}`);
}

try {
  await runQueueWorker(url, { store: openStore(join(folder, 'store')), handlers: { tiny }, scratch: join(folder, 'scratch') }, { ...JSON.parse(limits), signal: controller.signal });
} catch (error) {
  console.error(error.code ?? error);
  process.exit(error.code === 'DISK_FULL' ? 5 : error.code === 'QUEUE_UNAVAILABLE' ? 6 : 70);
}

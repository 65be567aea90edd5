// The ordering process of the kill test: collects results into <folder>/out/<n>, and says what was set aside.
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openJobQueue } from '../../../dist/queue/engine/job-queue.js';
import { runThroughQueue } from '../../../dist/queue/run-through-queue.js';
import { openStore } from '../../../dist/queue/store/open-store.js';

const [url, folder, retry] = process.argv.slice(2);
const items = JSON.parse(await readFile(join(folder, 'items.json'), 'utf8')).filter(({ payload }) => !existsSync(join(folder, 'out', String(payload.n))));
const queue = await openJobQueue(url, JSON.parse(retry));
await runThroughQueue(items, {
  queue,
  store: openStore(join(folder, 'store')),
  workFolder: () => mkdtemp(join(folder, 'scratch', 'take-')),
  async onDone({ payload }, from) {
    const place = join(folder, 'out', String(payload.n));
    // Twice the same item would be a fault, but for an order that was killed between placing it and forgetting it.
    if (existsSync(place)) appendFileSync(join(folder, 'twice.log'), `${payload.n}\n`);
    if (readdirSync(from).sort().join() !== 'a.txt,b.txt') appendFileSync(join(folder, 'torn.log'), `${payload.n}\n`);
    await rename(from, place).catch(() => undefined);
    appendFileSync(join(folder, 'placed.log'), `${payload.n}\n`);
  },
  async onSetAside({ payload }, { code, attempts }) {
    appendFileSync(join(folder, 'aside.log'), `${JSON.stringify({ n: payload.n, code, attempts })}\n`);
  },
  poll: 200,
  doubt: 3000,
});
await queue.close();

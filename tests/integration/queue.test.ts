import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VivantError, workQueue } from '#dist/index.js';
import { openJobQueue } from '#dist/queue/engine/job-queue.js';
import { runQueueWorker, type WorkerLimits } from '#dist/queue/engine/run-worker.js';
import type { JobQueue, SetAside, WorkItem } from '#dist/queue/job-queue.js';
import { runThroughQueue } from '#dist/queue/run-through-queue.js';
import { FolderStore } from '#dist/queue/store/folder-store.js';
import type { Handler, WorkerEvent } from '#dist/queue/worker.js';
import { freePort, hasRedis, RedisServer } from './queue/redis-server.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vivant-queue-'));
  await mkdir(join(root, 'scratch'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function items(...names: readonly string[]): WorkItem[] {
  return names.map((name) => ({ key: createHash('sha256').update(name).digest('hex'), kind: 'text', payload: name }));
}

describe('without a server', () => {
  it('a queue ends in QUEUE_UNAVAILABLE at once', async () => {
    const url = `redis://user:secret@127.0.0.1:${String(await freePort())}`;
    for (const open of [() => openJobQueue(url), () => runQueueWorker(url, { store: new FolderStore(root), handlers: {}, scratch: root })]) {
      await expect(open()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: expect.stringMatching(/ECONNREFUSED.*nothing is lost/) as string });
      await expect(open()).rejects.not.toMatchObject({ message: expect.stringContaining('secret') as string });
    }
  });

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis://localhost/x', 'redis://localhost/0?queue=a%3Ab', 'postgres://localhost/db'])('an address is refused: %s', async (url) => {
    await expect(openJobQueue(url)).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('redis://host:port') as string });
  });
});

describe.runIf(hasRedis)('with a server', () => {
  let redis: RedisServer;
  let url: string;
  let store: FolderStore;
  let queue: JobQueue;
  let queues = 0;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.remove());
  beforeEach(async () => {
    url = redis.url(`q${String(++queues)}`);
    store = new FolderStore(join(root, `store${String(queues)}`));
    queue = await openJobQueue(url, { attempts: 2, backoff: 100 });
    return () => queue.close();
  });

  const writes: Handler = (payload, folder) => writeFile(join(folder, 'text'), String(payload));
  async function work(handler: Handler, limits: WorkerLimits = {}): Promise<readonly WorkerEvent[]> {
    const events: WorkerEvent[] = [];
    await runQueueWorker(url, { store, handlers: { text: handler }, scratch: join(root, 'scratch'), onEvent: (event) => events.push(event) }, { lease: 1000, idle: 1500, ...limits });
    return events;
  }
  async function order(wanted: readonly WorkItem[]): Promise<{ readonly texts: readonly string[]; readonly aside: readonly SetAside[] }> {
    const texts: string[] = [];
    const aside: SetAside[] = [];
    await runThroughQueue(wanted, {
      queue,
      store,
      workFolder: () => mkdtemp(join(root, 'take-')),
      onDone: async (_, folder) => void texts.push(await readFile(join(folder, 'text'), 'utf8')),
      onSetAside: (_, failure) => Promise.resolve(void aside.push(failure)),
      poll: 50,
      doubt: 500,
    });
    return { texts: texts.sort(), aside };
  }

  it('makes what was ordered, and nothing a second time', async () => {
    const [ordered] = await Promise.all([order(items('a', 'b', 'c')), work(writes)]);
    expect(ordered).toEqual({ texts: ['a', 'b', 'c'], aside: [] });
    // No worker runs: the store has it all.
    expect(await order(items('a', 'b', 'c'))).toEqual({ texts: ['a', 'b', 'c'], aside: [] });
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, done: 0, setAside: 0 });
  });

  it('sets poison aside at once, and the rest of failures after some tries', async () => {
    let flaky = 0;
    const handler: Handler = async (payload, folder, signal) => {
      if (payload === 'poison') throw new VivantError('NO_FACE', 'none');
      if (payload === 'broken') throw new Error('always');
      if (payload === 'flaky' && flaky++ === 0) throw new Error('once');
      await writes(payload, folder, signal);
    };
    const [{ texts, aside }, events] = await Promise.all([order(items('fine', 'poison', 'broken', 'flaky')), work(handler)]);
    expect(texts).toEqual(['fine', 'flaky']);
    expect(aside.map(({ code, message, attempts }) => ({ code, message, attempts })).sort((a, b) => (a.code < b.code ? -1 : 1))).toEqual([
      { code: 'INTERNAL', message: 'always', attempts: 2 },
      { code: 'NO_FACE', message: 'none', attempts: 1 },
    ]);
    expect(events.filter(({ type }) => type === 'failed')).toHaveLength(4);
    expect((await queue.setAside(10)).length).toBe(2);

    // Ordered anew, it is tried anew.
    const [again] = await Promise.all([order(items('poison', 'broken')), work(writes)]);
    expect(again).toEqual({ texts: ['broken', 'poison'], aside: [] });
  });

  it('retries on demand what was set aside', async () => {
    await queue.add(items('x'));
    await work(() => Promise.reject(new VivantError('NO_FACE', 'none')));
    expect(await queue.counts()).toMatchObject({ setAside: 1, waiting: 0 });
    expect(await queue.retrySetAside()).toBe(1);
    expect(await queue.counts()).toMatchObject({ setAside: 0, waiting: 1 });
  });

  it('a worker that is stopped gives its item back untried', async () => {
    const controller = new AbortController();
    await queue.add(items('long'));
    const stopped = work(
      async (_payload, _folder, signal) => {
        controller.abort();
        await pause(60_000, undefined, { signal }).catch((cause: unknown) => {
          throw new VivantError('ABORTED', 'stopped', { cause });
        });
      },
      { signal: controller.signal, idle: Infinity },
    );
    await stopped;
    expect(await queue.counts()).toMatchObject({ waiting: 1, active: 0, setAside: 0, delayed: 0 });
    expect((await work(writes)).map(({ type }) => type)).toEqual(['made']);
  });

  it('a worker whose disk is full stops, and the item goes to another one', async () => {
    await queue.add(items('one', 'two'));
    await expect(work(() => Promise.reject(new VivantError('DISK_FULL', 'no room left')))).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0, setAside: 0 });
    expect((await work(writes)).map(({ type }) => type)).toEqual(['made', 'made']);
  });

  it('an item that an older version ordered under a kind unknown here is reported, not swallowed', async () => {
    await queue.add([{ ...items('odd')[0]!, kind: 'hologram' }]);
    await work(writes);
    expect(await queue.setAside(1)).toMatchObject([{ code: 'INTERNAL', message: expect.stringContaining('hologram') as string }]);
  });

  it('knows what a killed worker had finished', async () => {
    const [item] = items('stored');
    const folder = await mkdtemp(join(root, 'done-'));
    await writeFile(join(folder, 'text'), 'stored');
    await queue.add([item!]);
    await store.put(item!.key, folder);
    expect((await work(() => Promise.reject(new Error('must not run')))).map(({ type }) => type)).toEqual(['found']);
  });

  it('adds anew what the server has lost', async () => {
    const wanted = items('p', 'q');
    const ordered = order(wanted);
    await pause(300);
    for (const { key } of wanted) await queue.forget(key); // As a server does that was started without its log.
    const [{ texts }] = await Promise.all([ordered, work(writes, { idle: 3000 })]);
    expect(texts).toEqual(['p', 'q']);
  });

  it('lists the workers that are there, and says what is risky about the server', async () => {
    const controller = new AbortController();
    const running = work(writes, { signal: controller.signal, idle: Infinity });
    await expect.poll(() => queue.workers(), { timeout: 10_000 }).toEqual([expect.stringContaining(`:${String(process.pid)}`)]);
    expect(await queue.warnings()).toEqual([]);
    controller.abort();
    await running;
  });

  it('a worker leaves nothing in the temporary folder, and clears away what a killed one left', async () => {
    const { TMPDIR, XDG_CONFIG_HOME } = process.env;
    const temporary = await mkdtemp(join(root, 'tmp-'));
    Object.assign(process.env, { TMPDIR: temporary, XDG_CONFIG_HOME: join(root, 'home') });
    try {
      const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
      const alive = `.vivant-worker.${String(process.ppid)}-0badcafe.partial`;
      for (const name of [`.vivant-worker.${dead}-0badcafe.partial`, alive]) await mkdir(join(temporary, name, 'item-x'), { recursive: true });
      await workQueue({ queue: url, results: join(root, 'results'), idleSeconds: 0.5 });
      expect(await readdir(temporary)).toEqual([alive]);
    } finally {
      for (const [name, value] of Object.entries({ TMPDIR, XDG_CONFIG_HOME })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('a worker waits for a server that comes back, and gives up on one that does not', async () => {
    const controller = new AbortController();
    const waiting = work(writes, { signal: controller.signal, idle: Infinity, patience: 30_000 });
    await pause(500);
    await redis.kill();
    await pause(1500);
    await redis.startAgain();
    await queue.add(items('after'));
    await expect.poll(() => existsSync(join(root, `store${String(queues)}`)), { timeout: 20_000 }).toBe(true);
    controller.abort();
    await waiting;

    const lost = work(writes, { idle: Infinity, patience: 1000 });
    await pause(500);
    await redis.kill();
    await expect(lost).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(queue.counts()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await redis.startAgain();
  });
});

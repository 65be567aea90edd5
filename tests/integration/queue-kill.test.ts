import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJobQueue } from '#dist/queue/engine/job-queue.js';
import { seededRandom } from '#dist/metrics/random.js';
import { hasRedis, RedisServer } from './queue/redis-server.js';

const ITEMS = 240;
const WORKERS = 3;
// On a busy machine five deaths can be bad luck.
const LIMITS = { lease: 1500, deaths: 7, patience: 60_000, concurrency: 2 };
const RETRY = { attempts: 3, backoff: 300 };
/** Item number -> what is wrong with it. */
const FAULTS: Readonly<Record<number, string>> = { 17: 'for-good', 60: 'for-good', 90: 'always', 121: 'kills', 30: 'once', 31: 'once', 200: 'once' };
const SET_ASIDE = [
  { n: 17, code: 'NO_FACE' },
  { n: 60, code: 'NO_FACE' },
  { n: 90, code: 'INTERNAL' },
  { n: 121, code: 'INTERNAL' },
];

function child(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL(`./queue/${script}`, import.meta.url)), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function kill(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const gone = once(process, 'exit');
  process.kill('SIGKILL');
  await gone;
}

describe.runIf(hasRedis)('workers, the order and the server are killed at random', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vivant-kill-'));
  const read = (name: string): string[] => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : []);
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    await redis.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`and of ${String(ITEMS)} items none is lost, torn or placed twice; poison is set aside`, async () => {
    for (const name of ['out', 'scratch', 'store']) mkdirSync(join(folder, name));
    const random = seededRandom(20);
    const items = Array.from({ length: ITEMS }, (_, n) => {
      const payload = { n, ms: 20 + Math.floor(random() * 250), fault: FAULTS[n] };
      return { key: createHash('sha256').update(String(n)).digest('hex'), kind: 'tiny', payload };
    });
    writeFileSync(join(folder, 'items.json'), JSON.stringify(items));
    const url = redis.url('kill-test');
    const startWorker = (): ChildProcess => child('worker-child.mjs', [url, folder, JSON.stringify(LIMITS)]);
    const startOrder = (): ChildProcess => child('order-child.mjs', [url, folder, JSON.stringify(RETRY)]);

    const workers = Array.from({ length: WORKERS }, startWorker);
    let order = startOrder();
    let kills = 0;
    let orderKills = 0;
    let serverKills = 0;
    const started = performance.now();
    const isDone = (): boolean => order.exitCode === 0;
    while (!isDone()) {
      await Promise.race([pause(400 + random() * 700), once(order, 'exit')]);
      if (isDone()) break;
      // Item 121 kills its worker by itself; whoever is dead is started again, as a supervisor would.
      workers.forEach((worker, i) => {
        if (worker.exitCode !== null || worker.signalCode !== null) workers[i] = startWorker();
      });
      if (order.exitCode !== null || order.signalCode !== null) order = startOrder();
      // Chaos ends when most is done, so that the rest can prove that it recovers.
      if (read('placed.log').length > ITEMS * 0.85) continue;
      const victim = Math.floor(random() * WORKERS);
      await kill(workers[victim]!);
      kills++;
      if (kills % 7 === 3) {
        await kill(order);
        orderKills++;
      }
      if (kills % 10 === 5 && serverKills < 2) {
        await redis.kill();
        serverKills++;
        await pause(300);
        await redis.startAgain();
      }
    }
    const seconds = (performance.now() - started) / 1000;
    const queue = await openJobQueue(url);
    const counts = await queue.counts();
    await queue.close();
    await Promise.all(workers.map(kill));

    const begun = read('begun.log').length;
    console.log(
      `kill test: ${String(ITEMS)} items, ${String(WORKERS)} workers x ${String(LIMITS.concurrency)}, ${String(kills)} workers, ${String(orderKills)} orders and ${String(serverKills)} servers killed, ` +
        `${String(begun)} beginnings, ${seconds.toFixed(0)} s`,
    );
    const aside = new Map(read('aside.log').map((line) => [(JSON.parse(line) as { n: number }).n, JSON.parse(line) as { code: string }]));
    expect([...aside].map(([n, { code }]) => ({ n, code })).sort((a, b) => a.n - b.n)).toEqual(SET_ASIDE);
    const whole = items.filter(({ payload: { fault } }) => fault === undefined || fault === 'once').map(({ payload: { n } }) => String(n));
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([...whole].sort());
    for (const n of whole) {
      expect(readFileSync(join(folder, 'out', n, 'a.txt'), 'utf8')).toBe(`item ${n}`);
      expect(readFileSync(join(folder, 'out', n, 'b.txt'), 'utf8')).toBe(`whole ${n}`);
    }
    expect(read('torn.log')).toEqual([]);
    expect(read('twice.log')).toEqual([]);
    expect(counts).toMatchObject({ waiting: 0, active: 0, delayed: 0, setAside: SET_ASIDE.length });
    // An order that is killed between placing a result and forgetting its item leaves a note of it behind.
    expect(counts.done).toBeLessThanOrEqual(orderKills);
    // The test proves nothing when nothing was killed.
    expect(kills).toBeGreaterThan(8);
    expect(orderKills).toBeGreaterThan(0);
    expect(serverKills).toBeGreaterThan(0);
  });
});

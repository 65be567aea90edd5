import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether this machine can run the tests of the queue. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.warn('SKIPPED: nothing of the queue is tested, for there is no redis-server here (Debian: apt-get install redis-server).');

/** A server of the test's own, on a free port, that can be killed and started again with what it has written. */
export class RedisServer {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'vivant-redis-')), await freePort());
    await server.startAgain();
    return server;
  }

  url(queue: string): string {
    return `redis://127.0.0.1:${String(this.port)}/0?queue=${queue}`;
  }

  async startAgain(): Promise<void> {
    // Every change is on disk before it is answered.
    const options = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    this.#child = spawn('redis-server', options, { stdio: 'ignore' });
    const client = new Redis({ host: '127.0.0.1', port: this.port, retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

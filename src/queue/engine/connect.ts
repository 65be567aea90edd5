import type * as BullMq from 'bullmq';
import type { Redis as RedisClient } from 'ioredis';
import { findPeer } from '../../backends/peer.js';
import { VivantError } from '../../core/errors.js';

/** Oldest server that BullMQ runs on without known faults. */
const LEAST_SERVER = [6, 2] as const;
const CONNECT_MS = 5000;

/** Both clients, and where the queue is. */
export interface QueueAddress {
  readonly bullmq: typeof BullMq;
  readonly Redis: typeof RedisClient;
  readonly connection: { readonly host: string; readonly port: number; readonly db: number; readonly username?: string; readonly password?: string; readonly tls?: object };
  /** Name of the queue on that server. */
  readonly name: string;
  /** For messages; without the password. */
  readonly shown: string;
}

/**
 * Looks at `redis://[user:password@]host[:port][/database][?queue=name]` and whether a server answers there.
 *
 * @throws VivantError `INVALID_OPTION`, `PEER_MISSING`, `QUEUE_UNAVAILABLE`
 */
export async function queueAddress(text: string): Promise<QueueAddress> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const name = url?.searchParams.get('queue') ?? 'vivant';
  const database = url?.pathname.replace(/^\//, '') ?? '';
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || !/^\d*$/.test(database) || !/^[\w-]{1,64}$/.test(name)) {
    throw new VivantError('INVALID_OPTION', `Expected \`queue\` to be redis://host:port/database?queue=name but received ${JSON.stringify(text.replace(/:[^:@/]+@/, ':***@'))}.`, { details: { option: 'queue' } });
  }
  const connection = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: database === '' ? 0 : Number(database),
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: {} }),
  };
  const shown = `${url.protocol}//${url.host}/${String(connection.db)}?queue=${name}`;
  const { Redis } = loadPeer<{ Redis: typeof RedisClient }>('ioredis');
  const address = { bullmq: loadPeer<typeof BullMq>('bullmq'), Redis, connection, name, shown };
  await checkServer(address);
  return address;
}

/** One short connection, so that a dead server is a message and no endless wait. */
async function checkServer(address: QueueAddress): Promise<void> {
  await withClient(address, async (client) => {
    const version = /redis_version:(\d+)\.(\d+)/.exec(await client.info('server'));
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
    if (major < LEAST_SERVER[0] || (major === LEAST_SERVER[0] && minor < LEAST_SERVER[1])) {
      throw new VivantError('QUEUE_UNAVAILABLE', `Expected Redis ${LEAST_SERVER.join('.')} or newer at ${address.shown} but it is ${String(major)}.${String(minor)}.`, { details: { url: address.shown } });
    }
  });
}

/** Runs `work` on a connection of its own that doesn't try again. @throws VivantError `QUEUE_UNAVAILABLE` */
export async function withClient<T>({ Redis, connection, shown }: QueueAddress, work: (client: RedisClient) => Promise<T>): Promise<T> {
  const client = new Redis({ ...connection, lazyConnect: true, connectTimeout: CONNECT_MS, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let last: Error | undefined;
  client.on('error', (error: Error) => (last = error));
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw cause instanceof VivantError ? cause : unavailable(shown, last ?? cause);
  } finally {
    client.disconnect();
  }
}

/** The error for a server that doesn't answer. */
export function unavailable(shown: string, cause: unknown): VivantError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new VivantError('QUEUE_UNAVAILABLE', `Expected a Redis server at ${shown} but: ${reason}. Start it, or check the address; nothing is lost, the same command goes on.`, { details: { url: shown, reason }, cause });
}

function loadPeer<T>(name: string): T {
  const peer = findPeer(name);
  if (peer === undefined) {
    throw new VivantError('PEER_MISSING', `Expected ${name}, which queues need, but it is not installed. In your project: npm install bullmq@6.7.0 ioredis@6.0.0`, { details: { peer: name } });
  }
  return peer.require(name) as T;
}

import { parentPort } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { chooseBackend } from '../backends/choose.js';
import type { TensorBackend } from '../backends/types.js';
import { openHeads, type PerNetwork, type RefinerHeads } from '../generator/refiner/heads.js';
import type { AnyNetwork } from '../generator/refiner/regions.js';
import type { NetworkArrays, RefinerRequest, RefinerResponse } from './protocol.js';
import { toWire } from './wire-error.js';

const port = parentPort!;
const sessions = new Map<number, RefinerHeads>();
let backend: Promise<TensorBackend> | undefined;

port.on('message', (request: RefinerRequest) => {
  if (request.type === 'open') void open(request);
  else if (request.type === 'run') void run(request);
  else void close(request);
});

async function open({ session, sitter, options }: Extract<RefinerRequest, { type: 'open' }>): Promise<void> {
  try {
    // Other backends have threads of their own and need no worker.
    backend ??= chooseBackend('wasm');
    const heads = await openHeads(await backend, sitter, options);
    sessions.set(session, heads);
    send({ type: 'opened', session, info: heads.info });
  } catch (error) {
    send({ type: 'open-failed', session, error: toWire(error) });
  }
}

async function run({ session, id, inputs }: Extract<RefinerRequest, { type: 'run' }>): Promise<void> {
  try {
    const heads = await sessions.get(session)!.run(inputs as PerNetwork<AnyNetwork>);
    send({ type: 'heads', id, heads, inputs }, [...buffers(heads), ...buffers(inputs)]);
  } catch (error) {
    send({ type: 'run-failed', id, error: toWire(error), inputs }, buffers(inputs));
  }
}

async function close({ session }: Extract<RefinerRequest, { type: 'close' }>): Promise<void> {
  await sessions.get(session)?.close();
  sessions.delete(session);
}

function buffers(arrays: NetworkArrays): ArrayBuffer[] {
  return Object.values(arrays).map(({ buffer }) => buffer as ArrayBuffer);
}

function send(response: RefinerResponse, transfer: readonly Transferable[] = []): void {
  port.postMessage(response, transfer);
}

import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { C2paJob, FromC2pa, ToC2pa } from './protocol.js';
import { coseSign1 } from './cose.js';
import type { Signer } from '../signer/signer.js';

/** The library's memory grows with the file and never shrinks: after a bigger one its thread is replaced. */
const RECYCLE_BYTES = 64 << 20;

let worker: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs one job of the C2PA library (c2pa-rs in WebAssembly) in a thread of its own. There a crash on a hostile file is an
 * error and not the end of the process, signing a long clip doesn't block Ctrl-C, and the memory it takes is given back.
 * The thread is kept for the next job but doesn't keep the process alive. Jobs wait for each other.
 *
 * @param signer - for `sign` jobs
 * @returns the JSON manifest store of a `read`, empty for a `sign`
 * @throws Error with the library's reason as message, and `code` for file system errors
 */
export function runC2pa(job: C2paJob, signer?: Signer): Promise<string> {
  const turn = queue.then(() => runAlone(job, signer));
  queue = turn.catch(() => undefined);
  return turn;
}

async function runAlone(job: C2paJob, signer: Signer | undefined): Promise<string> {
  const { size } = await stat(job.path);
  const thread = (worker ??= start());
  thread.ref();
  try {
    return await exchange(thread, job, signer);
  } finally {
    thread.unref();
    if (size > RECYCLE_BYTES && worker === thread) {
      worker = undefined;
      await thread.terminate();
    }
  }
}

function start(): Worker {
  // Captured and left unread: what the library prints when it panics is in the error already (reading it would keep the
  // process alive).
  return new Worker(new URL('./worker.js', import.meta.url), { stderr: true, execArgv: [] });
}

function exchange(thread: Worker, job: C2paJob, signer: Signer | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const post = (message: ToC2pa): void => thread.postMessage(message);
    const settle = (finish: () => void): void => {
      thread.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      finish();
    };
    const onEnd = (reason: unknown): void => {
      if (worker === thread) worker = undefined;
      settle(() => reject(reason instanceof Error ? reason : new Error(`The C2PA thread ended with code ${String(reason)}.`)));
    };
    const onMessage = (message: FromC2pa): void => {
      if (message.kind === 'done') settle(() => resolve(message.json));
      else if (message.kind === 'failed') settle(() => reject(Object.assign(new Error(message.reason), { code: message.code })));
      else {
        try {
          post({ kind: 'signature', bytes: coseSign1(signer!, message.bytes, (job as Extract<C2paJob, { kind: 'sign' }>).reserveSize) });
        } catch (error) {
          // The thread waits for an answer that won't come.
          void thread.terminate();
          onEnd(error);
        }
      }
    };
    thread.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
    post({ kind: 'job', job });
  });
}

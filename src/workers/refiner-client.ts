import { Worker } from 'node:worker_threads';
import { VivantError } from '../core/errors.js';
import type { RefinerInfo } from '../core/ports.js';
import type { HeadsOptions, OpenHeads, PerNetwork, RefinerHeads, SitterCrops } from '../generator/refiner/heads.js';
import type { RefinerRequest, RefinerResponse } from './protocol.js';
import { fromWire } from './wire-error.js';

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: VivantError) => void;
}

/** Inputs kept for the next frames: as many as are in flight, and one. */
const SPARE_INPUTS = 3;

/**
 * Runs the refiner's networks in a thread of its own, on wasm, so that the next frame's draft is drawn meanwhile. The thread starts
 * with the first sitter, serves any number of them, and doesn't keep the process alive when it is idle.
 */
export class RefinerThread {
  #worker: Worker | undefined;
  #ended: VivantError | undefined;
  #next = 0;
  readonly #opening = new Map<number, Pending<RefinerInfo>>();
  readonly #running = new Map<number, Pending<PerNetwork>>();
  readonly #spare: PerNetwork[] = [];

  /**
   * Folds a sitter into the networks.
   *
   * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`; `INTERNAL` when the thread dies, `ABORTED` after
   * {@link RefinerThread.close}
   */
  readonly open: OpenHeads = async (sitter: SitterCrops, options: HeadsOptions): Promise<RefinerHeads> => {
    const session = this.#next++;
    const info = await this.#ask(this.#opening, session, { type: 'open', session, sitter, options });
    return {
      info,
      run: (inputs) => this.#run(session, inputs),
      close: () => {
        this.#worker?.postMessage({ type: 'close', session } satisfies RefinerRequest);
        return Promise.resolve();
      },
    };
  };

  /** Ends the thread; what is in flight is rejected with `ABORTED`. Safe to call twice. */
  async close(): Promise<void> {
    this.#end(new VivantError('ABORTED', 'The refiner was closed.'));
    await this.#worker?.terminate();
  }

  #run(session: number, inputs: PerNetwork): Promise<PerNetwork> {
    const id = this.#next++;
    const copy = this.#spare.pop() ?? { mouth: new Float32Array(inputs.mouth.length), eye: new Float32Array(inputs.eye.length) };
    copy.mouth.set(inputs.mouth);
    copy.eye.set(inputs.eye);
    return this.#ask(this.#running, id, { type: 'run', session, id, inputs: copy }, [copy.mouth.buffer as ArrayBuffer, copy.eye.buffer as ArrayBuffer]);
  }

  #ask<T>(pending: Map<number, Pending<T>>, key: number, request: RefinerRequest, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    const worker = (this.#worker ??= this.#start());
    const answer = new Promise<T>((resolve, reject) => {
      pending.set(key, { resolve, reject });
      worker.ref();
      worker.postMessage(request, transfer);
    });
    answer.catch(() => undefined); // Whoever closes the thread may drop what is in flight.
    return answer;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./refiner-worker.js', import.meta.url));
    worker.on('message', (response: RefinerResponse) => this.#receive(response));
    worker.on('error', (cause) => this.#end(died(cause)));
    worker.on('exit', (code) => this.#end(died(new Error(`exit code ${code}`))));
    return worker;
  }

  #receive(response: RefinerResponse): void {
    if (response.type === 'opened') take(this.#opening, response.session)?.resolve(response.info);
    else if (response.type === 'open-failed') take(this.#opening, response.session)?.reject(fromWire(response.error));
    else {
      if (this.#spare.length < SPARE_INPUTS) this.#spare.push(response.inputs);
      if (response.type === 'heads') take(this.#running, response.id)?.resolve(response.heads);
      else take(this.#running, response.id)?.reject(fromWire(response.error));
    }
    if (this.#opening.size + this.#running.size === 0) this.#worker?.unref();
  }

  #end(error: VivantError): void {
    this.#ended ??= error;
    for (const { reject } of [...this.#opening.values(), ...this.#running.values()]) reject(this.#ended);
    this.#opening.clear();
    this.#running.clear();
    this.#spare.length = 0;
  }
}

function take<T>(pending: Map<number, Pending<T>>, key: number): Pending<T> | undefined {
  const found = pending.get(key);
  pending.delete(key);
  return found;
}

function died(cause: unknown): VivantError {
  return new VivantError('INTERNAL', `The refiner's thread ended unexpectedly: ${String(cause)}.`, { cause });
}

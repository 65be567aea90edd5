import { Worker } from 'node:worker_threads';
import { VivantError } from '../core/errors.js';
import type { RefinerInfo } from '../core/ports.js';
import type { HeadsOptions, OpenHeads, RefinerHeads, TierCrops } from '../generator/refiner/heads.js';
import type { NetworkArrays, RefinerRequest, RefinerResponse } from './protocol.js';
import { fromWire } from './wire-error.js';

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: VivantError) => void;
}

/** Input arrays kept for the next frames: those of as many frames as are in flight, and one, for each network of the largest tier. */
const SPARE_INPUTS = 9;

/**
 * Runs the refiner's networks in a thread of its own, on wasm, so that the next frame's draft is drawn meanwhile. The thread starts
 * with the first sitter, serves any number of them, and doesn't keep the process alive when it is idle.
 */
export class RefinerThread {
  #worker: Worker | undefined;
  #ended: VivantError | undefined;
  #next = 0;
  readonly #opening = new Map<number, Pending<RefinerInfo>>();
  readonly #running = new Map<number, Pending<NetworkArrays>>();
  readonly #spare: Float32Array[] = [];

  /**
   * Folds a sitter into the networks.
   *
   * @throws VivantError `MODEL_MISSING`, `MODEL_CORRUPT`, `BACKEND_UNAVAILABLE`; `INTERNAL` when the thread dies, `ABORTED` after
   * {@link RefinerThread.close}
   */
  readonly open: OpenHeads = async (sitter: TierCrops, options: HeadsOptions): Promise<RefinerHeads> => {
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

  #run<T extends NetworkArrays>(session: number, inputs: T): Promise<T> {
    const id = this.#next++;
    const copies = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, this.#copy(values)]));
    const transfer = Object.values(copies).map(({ buffer }) => buffer as ArrayBuffer);
    return this.#ask(this.#running as Map<number, Pending<T>>, id, { type: 'run', session, id, inputs: copies }, transfer);
  }

  #copy(values: Float32Array): Float32Array {
    const at = this.#spare.findIndex(({ length }) => length === values.length);
    const copy = at < 0 ? new Float32Array(values.length) : this.#spare.splice(at, 1)[0]!;
    copy.set(values);
    return copy;
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
      for (const spare of Object.values(response.inputs)) if (this.#spare.length < SPARE_INPUTS) this.#spare.push(spare);
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

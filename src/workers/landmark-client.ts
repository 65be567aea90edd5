import { Worker } from 'node:worker_threads';
import { VivantError } from '../core/errors.js';
import type { Frame } from '../core/frame.js';
import type { FaceLandmarks } from '../core/landmarks.js';
import type { DetectOptions } from '../core/ports.js';
import type { DetectorOptions, FaceDetector } from '../landmarks/detector.js';
import type { ModelInfo } from '../landmarks/model/model.js';
import type { LandmarkRequest, LandmarkResponse } from './protocol.js';
import { fromWire } from './wire-error.js';

interface Pending {
  readonly resolve: (faces: readonly FaceLandmarks[]) => void;
  readonly reject: (error: VivantError) => void;
}

/** Pixel buffers kept for the next frames; more would only hold memory. */
const SPARE_BUFFERS = 4;

/**
 * Starts a face detector in a worker thread, so that detection runs beside everything else.
 *
 * `detect()` copies the frame before it returns, so the caller may reuse its buffer at once. Any number of requests may be in
 * flight; they are answered in the order they were made. `close()` ends the thread and rejects what is still in flight
 * with ABORTED. An idle worker doesn't keep the process alive.
 *
 * @throws VivantError MODEL_MISSING, MODEL_CORRUPT; INTERNAL when the thread dies
 */
export async function startLandmarkWorker(options: DetectorOptions = {}): Promise<FaceDetector> {
  const client = new LandmarkClient(new Worker(new URL('./landmark-worker.js', import.meta.url)));
  try {
    await client.start(options);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

class LandmarkClient implements FaceDetector {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #spare: ArrayBuffer[] = [];
  #starting: { readonly resolve: (model: ModelInfo) => void; readonly reject: (error: VivantError) => void } | undefined;
  #model: ModelInfo | undefined;
  #nextId = 0;
  #ended: VivantError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (response: LandmarkResponse) => this.#receive(response));
    worker.on('error', (cause) => this.#end(died(cause)));
    worker.on('exit', (code) => this.#end(died(new Error(`exit code ${code}`))));
  }

  get model(): ModelInfo {
    return this.#model!;
  }

  async start(options: DetectorOptions): Promise<void> {
    this.#model = await new Promise<ModelInfo>((resolve, reject) => {
      this.#starting = { resolve, reject };
      send(this.#worker, { type: 'start', options });
    });
    this.#starting = undefined;
    this.#worker.unref();
  }

  detect(frame: Frame, options: DetectOptions = {}): Promise<readonly FaceLandmarks[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { data, width, height } = frame;
    const pixels = this.#buffer(data.byteLength);
    new Uint8ClampedArray(pixels).set(data);
    const id = this.#nextId++;
    const answer = new Promise<readonly FaceLandmarks[]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      send(this.#worker, { type: 'detect', id, pixels, width, height, options }, [pixels]);
    });
    answer.catch(() => undefined); // whoever closes the detector may drop what is in flight
    return answer;
  }

  async close(): Promise<void> {
    this.#end(new VivantError('ABORTED', 'The face detector was closed.'));
    await this.#worker.terminate();
  }

  #buffer(bytes: number): ArrayBuffer {
    const index = this.#spare.findIndex((buffer) => buffer.byteLength === bytes);
    return index < 0 ? new ArrayBuffer(bytes) : this.#spare.splice(index, 1)[0]!;
  }

  #receive(response: LandmarkResponse): void {
    switch (response.type) {
      case 'ready':
        this.#starting?.resolve(response.model);
        break;
      case 'start-failed':
        this.#starting?.reject(fromWire(response.error));
        break;
      case 'detected':
        this.#settle(response)?.resolve(response.faces);
        break;
      case 'detect-failed':
        this.#settle(response)?.reject(fromWire(response.error));
        break;
    }
  }

  #settle({ id, pixels }: { readonly id: number; readonly pixels: ArrayBuffer }): Pending | undefined {
    this.#spare.push(pixels);
    if (this.#spare.length > SPARE_BUFFERS) this.#spare.shift();
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    return pending;
  }

  #end(error: VivantError): void {
    this.#ended ??= error;
    this.#starting?.reject(this.#ended);
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
    this.#spare.length = 0;
  }
}

function send(worker: Worker, request: LandmarkRequest, transfer: readonly ArrayBuffer[] = []): void {
  worker.postMessage(request, transfer);
}

function died(cause: unknown): VivantError {
  return new VivantError('INTERNAL', `The face detector's thread ended unexpectedly: ${String(cause)}.`, { cause });
}

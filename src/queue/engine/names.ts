import { hostname } from 'node:os';

/** BullMQ refuses names that are whole numbers. */
export function jobId(key: string): string {
  return `k${key}`;
}

export function keyOf(id: string): string {
  return id.slice(1);
}

/** How a worker shows up in `vivant queue status`. */
export function workerName(): string {
  return `${hostname()}:${String(process.pid)}`;
}

import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { TrainerState } from './trainer.js';

const ARRAYS = ['values', 'average', 'bestValues', 'mean', 'square'] as const;
const DIGEST_BYTES = 32;

/**
 * Unfinished work beside its output, `.<output>.<key>.resume`: numbers of the network, nothing of the photos.
 *
 * The file is a SHA-256 of what follows; uint32 bytes of a JSON header, little-endian; the header; then float32 arrays.
 */
export class Checkpoint {
  readonly #path: string;

  /** @param key - of photos and options: other ones never go on with this work. */
  constructor(
    private readonly output: string,
    key: string,
  ) {
    this.#path = join(dirname(resolve(output)), `.${basename(output)}.${key.slice(0, 16)}.resume`);
  }

  /** `undefined` when there is none, or none that is whole. */
  async load(): Promise<TrainerState | undefined> {
    const bytes = await readFile(this.#path).catch(() => undefined);
    return bytes === undefined ? undefined : decode(bytes);
  }

  /** Replaces the one before in one step. */
  async save(state: TrainerState): Promise<void> {
    const temporary = `${this.#path}.partial`;
    await writeFile(temporary, encode(state));
    await rename(temporary, this.#path);
  }

  /** Removes all unfinished work for this output. */
  async clear(): Promise<void> {
    const folder = dirname(this.#path);
    const start = `.${basename(this.output)}.`;
    const left = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(start) && /^[0-9a-f]{16}\.resume(\.partial)?$/.test(name.slice(start.length)));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
  }
}

function encode({ arrays, ...numbers }: TrainerState): Buffer {
  const header = Buffer.from(JSON.stringify({ ...numbers, size: arrays.values.length }), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const content = Buffer.concat([length, header, ...ARRAYS.map((name) => Buffer.from(arrays[name].buffer, arrays[name].byteOffset, arrays[name].byteLength))]);
  return Buffer.concat([createHash('sha256').update(content).digest(), content]);
}

function decode(bytes: Buffer): TrainerState | undefined {
  const content = bytes.subarray(DIGEST_BYTES);
  if (!createHash('sha256').update(content).digest().equals(bytes.subarray(0, DIGEST_BYTES))) return undefined;
  let at = 4 + content.readUInt32LE(0);
  // Whole, so written by this program.
  const { size, ...numbers } = JSON.parse(content.toString('utf8', 4, at)) as Omit<TrainerState, 'arrays'> & { readonly size: number };
  const arrays = Object.fromEntries(
    ARRAYS.map((name) => {
      const values = new Float32Array(Uint8Array.from(content.subarray(at, at + size * 4)).buffer);
      at += size * 4;
      return [name, values];
    }),
  ) as TrainerState['arrays'];
  return { ...numbers, arrays };
}

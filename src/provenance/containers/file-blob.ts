import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * As much of a browser's Blob as the C2PA library touches, over a file: it is read piece by piece and never held whole.
 */
export class FileBlob {
  readonly size: number;
  readonly type: string;
  readonly #descriptor: number;
  readonly #start: number;

  private constructor(descriptor: number, start: number, size: number, type: string) {
    this.#descriptor = descriptor;
    this.#start = start;
    this.size = size;
    this.type = type;
  }

  /** Lends a blob over the file at `path` to `use` and closes the file whatever happens. */
  static async with<T>(path: string, type: string, use: (blob: FileBlob) => Promise<T>): Promise<T> {
    const descriptor = openSync(path, 'r');
    try {
      return await use(new FileBlob(descriptor, 0, fstatSync(descriptor).size, type));
    } finally {
      closeSync(descriptor);
    }
  }

  slice(start = 0, end = this.size): FileBlob {
    const from = Math.min(Math.max(0, start), this.size);
    const to = Math.min(Math.max(from, end), this.size);
    return new FileBlob(this.#descriptor, this.#start + from, to - from, this.type);
  }

  readSync(): ArrayBuffer {
    const bytes = new Uint8Array(this.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.#descriptor, bytes, filled, bytes.length - filled, this.#start + filled);
      if (count === 0) throw new Error('The file became shorter while it was read.');
      filled += count;
    }
    return bytes.buffer;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.readSync());
  }
}

/** The browser class by which the C2PA library reads blobs. */
export class FileBlobReader {
  readAsArrayBuffer(blob: FileBlob): ArrayBuffer {
    return blob.readSync();
  }
}

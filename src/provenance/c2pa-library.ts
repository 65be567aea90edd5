import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FileBlobReader } from './file-blob.js';

/** The C2PA library (c2pa-rs compiled to WebAssembly). */
export type C2paLibrary = typeof import('@contentauth/c2pa-wasm');

/** Nothing is fetched: not manifests that a file points to, not revocation lists. No thumbnails are made. */
export const C2PA_SETTINGS = JSON.stringify({
  verify: { remote_manifest_fetch: false, ocsp_fetch: false },
  builder: { thumbnail: { enabled: false } },
});

let loading: Promise<C2paLibrary> | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs `use` with the C2PA library, loaded on first use. Uses wait for each other, because for as long as one runs a
 * global is in place that the library expects of a browser: `FileReaderSync`.
 */
export function withC2pa<T>(use: (library: C2paLibrary) => Promise<T>): Promise<T> {
  const turn = queue.then(async () => {
    loading ??= load();
    const library = await loading;
    const scope = globalThis as { FileReaderSync?: unknown };
    const before = Object.getOwnPropertyDescriptor(scope, 'FileReaderSync');
    Object.defineProperty(scope, 'FileReaderSync', { value: FileBlobReader, configurable: true, writable: true });
    try {
      return await use(library);
    } finally {
      if (before === undefined) delete scope.FileReaderSync;
      else Object.defineProperty(scope, 'FileReaderSync', before);
    }
  });
  queue = turn.catch(() => undefined);
  return turn;
}

async function load(): Promise<C2paLibrary> {
  const library = await import('@contentauth/c2pa-wasm');
  const wasm = createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm/c2pa.wasm');
  await library.default({ module_or_path: await readFile(wasm) });
  return library;
}

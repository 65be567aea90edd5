import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import * as c2pa from '@contentauth/c2pa-wasm';
import type { C2paJob, FromC2pa, ToC2pa } from './protocol.js';
import { FileBlob, FileBlobReader } from '../containers/file-blob.js';

/**
 * Nothing is fetched: not manifests that a file points to, not revocation lists. No thumbnails are made. What is signed
 * is validated by a `read` of its own, so not also while signing.
 */
const SETTINGS = JSON.stringify({
  verify: { remote_manifest_fetch: false, ocsp_fetch: false, verify_after_sign: false },
  builder: { thumbnail: { enabled: false } },
});

// The library expects a browser's worker; this global is this thread's alone.
Object.assign(globalThis, { FileReaderSync: FileBlobReader });

const port = parentPort!;
const send = (message: FromC2pa): void => port.postMessage(message);
let answerClaim: ((signature: Uint8Array) => void) | undefined;
const ready = readFile(createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm/c2pa.wasm')).then((wasm) => c2pa.default({ module_or_path: wasm }));

port.on('message', (message: ToC2pa) => {
  if (message.kind === 'signature') answerClaim?.(message.bytes);
  else {
    run(message.job).then(
      (json) => send({ kind: 'done', json }),
      (error: unknown) => send({ kind: 'failed', reason: String(error), code: (error as NodeJS.ErrnoException | undefined)?.code }),
    );
  }
});

async function run(job: C2paJob): Promise<string> {
  await ready;
  if (job.kind === 'read') return FileBlob.with(job.path, job.format, (blob) => read(blob, job.format));
  await writeFile(job.output, await FileBlob.with(job.path, job.format, (blob) => sign(blob, job)));
  return '';
}

async function read(blob: FileBlob, format: string): Promise<string> {
  const reader = await c2pa.WasmReader.fromBlob(format, blob as unknown as Blob, SETTINGS);
  try {
    return reader.json();
  } finally {
    reader.free();
  }
}

async function sign(blob: FileBlob, job: Extract<C2paJob, { kind: 'sign' }>): Promise<Uint8Array> {
  const builder = c2pa.WasmBuilder.fromJson(job.definition, SETTINGS);
  try {
    for (const { definition, file } of job.ingredients) {
      if (file === undefined) builder.addIngredient(definition);
      else await FileBlob.with(file.path, file.format, (ingredient) => builder.addIngredientFromBlob(definition, file.format, ingredient as unknown as Blob));
    }
    const signer = {
      alg: job.algorithm,
      reserveSize: job.reserveSize,
      sign: (claim: Uint8Array<ArrayBuffer>) =>
        new Promise<Uint8Array<ArrayBuffer>>((resolve) => {
          answerClaim = (signature) => resolve(Uint8Array.from(signature));
          send({ kind: 'claim', bytes: claim.slice() });
        }),
    };
    return await builder.sign(signer, [], job.format, blob as unknown as Blob);
  } finally {
    builder.free();
  }
}

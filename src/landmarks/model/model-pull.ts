import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { checkBundle } from './bundle.js';
import { OFFICIAL_MODEL, cachedModelPath } from './model-cache.js';
import type { ModelInfo } from './model.js';

/** How to pull the official model. */
export interface PullOptions {
  /** Folder of pulled models. Default: the user's cache folder. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
}

/**
 * Downloads MediaPipe's official FaceLandmarker bundle (3.8 MB) into the cache. It is kept only if its SHA-256 is right,
 * and appears under its name in one step. Nothing else in this package uses the network.
 *
 * @throws VivantError MODEL_MISSING when it can't be fetched, MODEL_CORRUPT when something else was served,
 * OUTPUT_UNWRITABLE or DISK_FULL when it can't be kept, ABORTED
 */
export async function pullOfficialModel({ cacheDir, signal }: PullOptions = {}): Promise<ModelInfo> {
  const path = cachedModelPath(cacheDir);
  const bytes = await download(signal);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== OFFICIAL_MODEL.sha256) {
    throw new VivantError(
      'MODEL_CORRUPT',
      `Expected the face model with SHA-256 ${OFFICIAL_MODEL.sha256} from ${OFFICIAL_MODEL.url} but received ${bytes.length} bytes with ${sha256}. Nothing was kept. A proxy may have answered instead: fetch the file in a browser and name it with the model path option.`,
      { details: { url: OFFICIAL_MODEL.url, sha256 } },
    );
  }
  checkBundle(bytes, OFFICIAL_MODEL.url);
  await keep(bytes, path);
  return { origin: 'cache', path, sha256, bytes: bytes.length };
}

async function download(signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const response = await fetch(OFFICIAL_MODEL.url, signal ? { signal } : {});
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    return await readAtMost(response.body, 2 * OFFICIAL_MODEL.bytes);
  } catch (cause) {
    if (signal?.aborted) throw new VivantError('ABORTED', 'The download of the face model was cancelled; nothing was kept.', { cause });
    throw new VivantError(
      'MODEL_MISSING',
      `Expected to download the face model from ${OFFICIAL_MODEL.url} but could not: ${reason(cause)}. Check the connection. The built-in model works without it.`,
      { details: { url: OFFICIAL_MODEL.url }, cause },
    );
  }
}

async function readAtMost(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break; // not the model: the hash will say so
  }
  return Buffer.concat(chunks);
}

async function keep(bytes: Uint8Array, path: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new VivantError(full ? 'DISK_FULL' : 'OUTPUT_UNWRITABLE', `Expected to keep the face model as ${path} but could not: ${reason(cause)}.`, {
      details: { path },
      cause,
    });
  }
}

/** fetch() says only "fetch failed" and puts the reason into its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code) : error.message;
}

import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { diskFull } from '../../media/encode-failure.js';
import type { ResultStore } from './result-store.js';
import { EMPTY_SHA256, signS3, type S3Credentials } from './sign-s3.js';

/** Written last: a result without it isn't there. */
const COMPLETE = 'complete.json';
/** Tries of one request, and the pause before the second one, milliseconds; it doubles. */
const TRIES = 4;
const PAUSE = 500;

interface Listing {
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** Results in a bucket of an S3-compatible store: `<prefix>/<key>/<file>`. Each file is sent in one request, so at most 5 GB. */
export class S3Store implements ResultStore {
  /** @param base - of the prefix, path style, without a slash at the end: `https://host/bucket/prefix` */
  constructor(
    private readonly base: string,
    private readonly credentials: S3Credentials,
  ) {}

  async has(key: string): Promise<boolean> {
    return (await this.#request('HEAD', key, COMPLETE)) !== undefined;
  }

  async put(key: string, folder: string): Promise<void> {
    if (await this.has(key)) return;
    const files: { name: string; bytes: number; sha256: string }[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const content = await readFile(join(folder, name));
      await this.#request('PUT', key, name, content);
      files.push({ name, bytes: content.length, sha256: sha256Of(content) });
    }
    await this.#request('PUT', key, COMPLETE, Buffer.from(JSON.stringify({ files } satisfies Listing)));
  }

  async get(key: string, folder: string): Promise<void> {
    const listing = await this.#request('GET', key, COMPLETE);
    if (listing === undefined) throw new VivantError('INPUT_NOT_FOUND', `Expected a result at ${this.base}/${key} but there is none.`, { details: { key } });
    for (const { name, sha256 } of (JSON.parse(listing.toString('utf8')) as Listing).files) {
      const content = await this.#request('GET', key, name);
      if (content === undefined || sha256Of(content) !== sha256) {
        throw new VivantError('INVALID_CORPUS', `The result ${this.base}/${key}/${name} is missing or damaged. Delete that folder and make the corpus again.`, { details: { key, name } });
      }
      await writeFile(join(folder, name), content).catch((error: unknown) => {
        throw diskFull(error, folder) ?? error;
      });
    }
  }

  /** @returns the body; `undefined` for 404 */
  async #request(method: 'GET' | 'HEAD' | 'PUT', key: string, name: string, body?: Buffer): Promise<Buffer | undefined> {
    const url = new URL(`${this.base}/${key}/${encodeURIComponent(name)}`);
    let problem = '';
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** (attempt - 1)));
      try {
        const headers = signS3(method, url, body === undefined ? EMPTY_SHA256 : sha256Of(body), this.credentials, new Date());
        const response = await fetch(url, { method, headers, redirect: 'error', ...(body && { body: new Uint8Array(body) }) });
        const content = Buffer.from(await response.arrayBuffer());
        if (response.ok) return content;
        if (response.status === 404) {
          if (method !== 'PUT') return undefined;
          throw refused(url, '404: there is no such bucket', content);
        }
        if (response.status < 500 && response.status !== 429) throw refused(url, String(response.status), content);
        problem = String(response.status);
      } catch (error) {
        if (error instanceof VivantError) throw error;
        problem = error instanceof Error ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}` : String(error);
      }
    }
    throw new VivantError('OUTPUT_UNWRITABLE', `The result store at ${url.origin} did not answer ${method} ${url.pathname} in ${String(TRIES)} tries: ${problem}.`, { details: { url: url.href, problem } });
  }
}

function refused(url: URL, status: string, content: Buffer): VivantError {
  return new VivantError('OUTPUT_UNWRITABLE', `The result store at ${url.origin} refused ${url.pathname} with ${status}. ${content.toString('utf8').slice(0, 300)}`, { details: { url: url.href, status } });
}

function sha256Of(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

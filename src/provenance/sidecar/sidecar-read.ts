import { readFile, stat } from 'node:fs/promises';
import { readSignedJson } from './jws.js';
import { sidecarContentSchema, type SidecarContent } from './sidecar.js';

/** What a sidecar says, and whether its signature holds. Whether its hashes fit the file is for the caller to see. */
export interface SidecarReading {
  readonly path: string;
  readonly content: SidecarContent;
  /** Why the signature can't be believed; absent when it holds. */
  readonly problem?: string;
  /** Common name of the signing certificate. */
  readonly signer: string;
}

/** Sidecars of the longest sequences stay below; more is not read from files of unknown origin. */
const MAX_SIDECAR_BYTES = 64 << 20;

/**
 * Reads and checks a sidecar.
 *
 * @returns `undefined` when there is no file at `path` or it isn't a sidecar at all
 */
export async function readSidecar(path: string): Promise<SidecarReading | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || !info.isFile() || info.size > MAX_SIDECAR_BYTES) return undefined;
  const signed = readSignedJson(await readFile(path, 'utf8'));
  const content = sidecarContentSchema.safeParse(signed?.content).data;
  if (signed === undefined || content === undefined) return undefined;
  const { signer, problem } = signed;
  return { path, content, signer, ...(problem === undefined ? {} : { problem }) };
}

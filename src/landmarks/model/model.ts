import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { VivantError } from '../../core/errors.js';
import { assembleModel } from './assembled-model.js';
import { checkBundle } from './bundle.js';
import { OFFICIAL_MODEL, cachedModelPath } from './model-cache.js';

/** Which face model is in use. */
export interface ModelInfo {
  /** `path`: named by the user; `cache`: the official bundle, pulled earlier; `assembled`: built from npm packages in memory. */
  readonly origin: 'path' | 'cache' | 'assembled';
  /** File that was read; absent for the assembled model. */
  readonly path?: string;
  /** Lower-case hex digest of the bundle. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Where to look for a face model. */
export interface ModelOptions {
  /** A `.task` bundle of MediaPipe's FaceLandmarker. Default: the cache, then the assembled model. */
  readonly modelPath?: string;
  /** Folder of pulled models. Default: the user's cache folder. */
  readonly cacheDir?: string;
}

/** A model that is ready to be given to MediaPipe. */
export interface ResolvedModel {
  readonly bytes: Uint8Array;
  readonly info: ModelInfo;
}

/**
 * Finds the face model: the path that the user names, else the verified cached copy of the official bundle,
 * else the one assembled in memory from npm. Never downloads.
 *
 * @throws VivantError MODEL_MISSING when `modelPath` can't be read; MODEL_CORRUPT when it, the cached copy or the npm package
 * is damaged. A damaged model is never passed over in silence.
 */
export async function resolveModel(options: ModelOptions = {}): Promise<ResolvedModel> {
  if (options.modelPath !== undefined) return namedModel(options.modelPath);
  return (await cachedModel(options.cacheDir)) ?? describe(await assembleModel(), 'assembled');
}

async function namedModel(path: string): Promise<ResolvedModel> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new VivantError('MODEL_MISSING', `Expected a face model at ${path} but could not read it. Name another file, or leave it out to use the built-in model.`, {
      details: { path },
      cause,
    });
  }
  checkBundle(bytes, path);
  return describe(bytes, 'path', path);
}

async function cachedModel(cacheDir: string | undefined): Promise<ResolvedModel | undefined> {
  const path = cachedModelPath(cacheDir);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw new VivantError('MODEL_MISSING', `Expected to read the cached face model ${path} but could not: ${String(error)}. Delete it or fix its permissions.`, {
      details: { path },
      cause: error,
    });
  }
  const model = describe(bytes, 'cache', path);
  if (model.info.sha256 !== OFFICIAL_MODEL.sha256) {
    throw new VivantError(
      'MODEL_CORRUPT',
      `Expected the cached face model ${path} to have SHA-256 ${OFFICIAL_MODEL.sha256} but found ${model.info.sha256}. Fetch it again with "vivant models pull", or delete the file.`,
      { details: { path, sha256: model.info.sha256 } },
    );
  }
  return model;
}

function describe(bytes: Uint8Array, origin: ModelInfo['origin'], path?: string): ResolvedModel {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, info: { origin, ...(path === undefined ? {} : { path }), sha256, bytes: bytes.length } };
}

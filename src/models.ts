import { VivantError } from './core/errors.js';
import { type ModelInfo, resolveModel } from './landmarks/model/model.js';
import { verifyWeights } from './generator/tensor/weights.js';
import { pullOfficialModel } from './landmarks/model/model-pull.js';
import type { ModelReport, ModelsReport } from './reports.js';

/** Options of {@link listModels} and {@link pullModels}. @public */
export interface ModelsOptions {
  /** Folder of downloaded models. Default: the user's cache folder. */
  readonly cacheDir?: string;
  /** Stops a download; nothing is kept. */
  readonly signal?: AbortSignal;
}

const LANDMARKER = 'face landmarker';

const ORIGIN_WORDS: Readonly<Record<ModelInfo['origin'], string>> = {
  path: 'named file',
  cache: 'official bundle',
  assembled: 'assembled from npm',
};

function ready({ origin, path, sha256, bytes }: ModelInfo): ModelReport {
  const detail =
    origin === 'assembled'
      ? 'Put together in memory from @mediapipe/face_mesh; nothing was downloaded.'
      : origin === 'cache' ? `Read from ${path ?? 'the cache'}; its SHA-256 is the official one.` : `Read from ${path ?? 'the named file'}.`;
  return { name: LANDMARKER, status: 'ready', origin: ORIGIN_WORDS[origin], sha256, bytes, detail };
}

/** The refiners that `standard` and `high` need, hashed. */
async function refiners(): Promise<readonly ModelReport[]> {
  const weights = await verifyWeights();
  return weights.map(({ tier, status, detail, manifest }) => ({
    name: `refiner (${tier})`,
    status: status === 'verified' ? 'ready' : status === 'corrupt' ? 'corrupt' : 'missing',
    origin: manifest === undefined ? 'not in this version' : 'this package',
    sha256: manifest?.files[0]?.sha256 ?? null,
    bytes: manifest?.files[0]?.bytes ?? null,
    detail,
  }));
}

async function landmarker({ cacheDir }: ModelsOptions): Promise<ModelReport> {
  try {
    return ready((await resolveModel(cacheDir === undefined ? {} : { cacheDir })).info);
  } catch (error) {
    if (!(error instanceof VivantError)) throw error;
    const status = error.code === 'MODEL_CORRUPT' ? 'corrupt' : 'missing';
    return { name: LANDMARKER, status, origin: 'cache', sha256: null, bytes: null, detail: error.message };
  }
}

/** Hashes the models that are there and says where they come from. A damaged one is reported, not thrown. @public */
export async function listModels(options: ModelsOptions = {}): Promise<ModelsReport> {
  return { models: [await landmarker(options), ...(await refiners())] };
}

/**
 * Fetches the official face landmarker bundle into the cache. Its SHA-256 is checked before it is kept.
 *
 * @throws VivantError `MODEL_MISSING` when it can't be fetched, `MODEL_CORRUPT` when it isn't the official one, `ABORTED`
 * @public
 */
export async function pullModels({ cacheDir, signal }: ModelsOptions = {}): Promise<ModelsReport> {
  const info = await pullOfficialModel({ ...(cacheDir === undefined ? {} : { cacheDir }), ...(signal === undefined ? {} : { signal }) });
  return { models: [ready(info), ...(await refiners())] };
}

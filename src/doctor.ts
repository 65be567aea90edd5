import { cpus } from 'node:os';
import { chooseBackend, probeBackends } from './backends/choose.js';
import { VivantError } from './core/errors.js';
import { mediaTools } from './media/binaries.js';
import { listModels, type ModelsOptions } from './models.js';
import { TOOL } from './package-info.js';
import type { DoctorReport } from './reports.js';

/** Where a media program was found, in words. */
const ORIGIN_WORDS = { environment: 'named by an environment variable', system: "the system's", npm: "npm's" } as const;

/**
 * Says what works on this machine, what would be chosen and why, and what to do for more. A machine without a GPU is fine.
 *
 * @public
 */
export async function doctor(options: Pick<ModelsOptions, 'cacheDir'> = {}): Promise<DoctorReport> {
  const [backends, chosen, { models }, media] = await Promise.all([probeBackends(), wouldChoose(), listModels(options), mediaPrograms()]);
  const advice = backends.flatMap(({ name, advice: words }) => (words === undefined || name === 'cpu' ? [] : [`${name}: ${words}`]));
  return {
    tool: TOOL,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpus: cpus().length,
    backends,
    chosen,
    models,
    media,
    advice,
  };
}

async function wouldChoose(): Promise<DoctorReport['chosen']> {
  try {
    const backend = await chooseBackend('auto');
    const { name, reason } = backend.choice;
    await backend.close();
    return { name, reason };
  } catch (error) {
    if (error instanceof VivantError && error.code === 'BACKEND_UNAVAILABLE') return null;
    throw error;
  }
}

async function mediaPrograms(): Promise<DoctorReport['media']> {
  try {
    const { ffmpeg, ffprobe } = await mediaTools();
    const found = [{ name: 'ffmpeg', ...ffmpeg }, { name: 'ffprobe', ...ffprobe }];
    return found.map(({ name, path, version, origin }) => ({ name, path, version, detail: ORIGIN_WORDS[origin] }));
  } catch (error) {
    if (!(error instanceof VivantError)) throw error;
    return [{ name: 'ffmpeg', path: null, version: null, detail: error.message }];
  }
}

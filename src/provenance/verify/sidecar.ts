import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileSha256 } from '../containers/file-hash.js';
import { sidecarPath } from '../containers/frame-sequence.js';
import { readSidecar, type SidecarReading } from '../sidecar/sidecar-read.js';

/** A sidecar, and whether it vouches for the bytes at hand. */
export interface SidecarFinding {
  readonly reading: SidecarReading;
  /** Why it doesn't vouch for them: its signature doesn't hold, or its hashes are of other bytes. Absent when it does. */
  readonly problem?: string;
}

/** A folder with more sidecars than this isn't searched to the end. */
const MAX_CANDIDATES = 32;

/**
 * The sidecar of a file: its own beside it, or one that lists the file as a frame of a sequence.
 *
 * @returns `undefined` when there is none; other files' sidecars don't count
 */
export async function findSidecar(path: string): Promise<SidecarFinding | undefined> {
  const own = await readSidecar(sidecarPath(path));
  if (own === undefined && !/\.png$/i.test(path)) return undefined;
  const candidates = own === undefined ? await sequenceSidecars(path) : [own];
  if (candidates.length === 0) return undefined;
  const sha256 = await fileSha256(path);
  const lists = ({ content }: SidecarReading): boolean => content.files.some((file) => file.sha256 === sha256);
  if (own === undefined) {
    const reading = candidates.find((candidate) => lists(candidate) && candidate.problem === undefined);
    return reading && { reading };
  }
  const problem = own.problem ?? (lists(own) ? undefined : 'its hash is of other bytes');
  return { reading: own, ...(problem === undefined ? {} : { problem }) };
}

/** The sidecar of a whole sequence: it fits when every frame is there, unchanged, and none is added. */
export async function findSequenceSidecar(path: string, frames: readonly string[]): Promise<SidecarFinding | undefined> {
  const reading = await readSidecar(sidecarPath(path));
  if (reading === undefined) return undefined;
  const problem = reading.problem ?? (await frameProblem(frames, reading));
  return { reading, ...(problem === undefined ? {} : { problem }) };
}

async function frameProblem(frames: readonly string[], { content }: SidecarReading): Promise<string | undefined> {
  if (frames.length !== content.files.length) return `it lists ${content.files.length} frames but ${frames.length} are there`;
  for (const [index, frame] of frames.entries()) {
    if ((await fileSha256(frame)) !== content.files[index]!.sha256) return `frame ${basename(frame)} has other bytes`;
  }
  return undefined;
}

/** Sidecars that may list `path` as a frame: of its folder, and of patterns in its folder. */
async function sequenceSidecars(path: string): Promise<readonly SidecarReading[]> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.c2pa.json') && name.includes('%')).slice(0, MAX_CANDIDATES);
  const paths = [sidecarPath(folder), ...names.map((name) => join(folder, name))];
  const readings = await Promise.all(paths.map(async (candidate) => ((await stat(candidate).catch(() => undefined)) === undefined ? undefined : readSidecar(candidate))));
  return readings.filter((reading) => reading !== undefined);
}

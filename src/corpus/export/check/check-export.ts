import { stat } from 'node:fs/promises';
import { VivantError } from '../../../core/errors.js';
import { checkNoLeak } from '../../design/splits.js';
import { EXPORT_FORMATS, type ExportFormat } from '../formats.js';
import { type Evidence, readEvidence } from '../evidence.js';
import { readCelebDf } from './celebdf.js';
import { readDeepfakeBench } from './deepfakebench.js';
import { readDfdc } from './dfdc.js';
import { readFaceForensics } from './faceforensics.js';
import type { ReadVideo, Reader } from './reader.js';

/** What to check. @public */
export interface CheckExportOptions {
  /** Folder of an export. */
  readonly dir: string;
  /** Layout. Default: the one that the export says it has. */
  readonly format?: ExportFormat;
}

/** What a check found. @public */
export interface ExportCheck {
  /** Layout that was read. */
  readonly format: ExportFormat;
  /** Videos found by the layout's rules: how many are real and how many fake, by split. */
  readonly counts: Readonly<Record<'train' | 'val' | 'test', { readonly real: number; readonly fake: number }>>;
  /** Everything that is wrong; empty when all is well. */
  readonly problems: readonly string[];
}

const READERS: Readonly<Record<ExportFormat, Reader>> = {
  deepfakebench: readDeepfakeBench,
  faceforensics: readFaceForensics,
  celebdf: readCelebDf,
  dfdc: readDfdc,
};

/**
 * Reads an export as the benchmark would, by its published rules, and checks the signed list of hashes, the labels against it,
 * and that no identity is in two splits.
 *
 * @throws VivantError `INPUT_NOT_FOUND` when there is no such folder, `INVALID_OPTION` when it can't be told which layout it has
 * @public
 */
export async function checkExport({ dir, format }: CheckExportOptions): Promise<ExportCheck> {
  if (format !== undefined && !EXPORT_FORMATS.includes(format)) throw new VivantError('INVALID_OPTION', `Expected ${EXPORT_FORMATS.join(' or ')} for \`format\` but received ${JSON.stringify(format)}.`, { details: { option: 'format' } });
  if (!(await isFolder(dir))) throw new VivantError('INPUT_NOT_FOUND', `Expected the folder of an export at ${dir} but there is none.`, { details: { path: dir } });
  const { evidence, problems: signed } = await readEvidence(dir);
  const layout = format ?? evidence?.layout;
  if (layout === undefined) throw new VivantError('INVALID_OPTION', `Expected \`format\`, because ${dir} does not say which layout it has.`, { details: { option: 'format' } });
  const { videos, problems } = await READERS[layout](dir);
  const counts = { train: { real: 0, fake: 0 }, val: { real: 0, fake: 0 }, test: { real: 0, fake: 0 } };
  for (const { split, real } of videos) counts[split][real ? 'real' : 'fake']++;
  return { format: layout, counts, problems: [...signed, ...problems, ...(evidence === undefined ? [] : compare(videos, evidence))] };
}

/** What the layout says against what was signed. */
function compare(videos: readonly ReadVideo[], evidence: Evidence): string[] {
  const problems: string[] = [];
  const signed = new Map(evidence.videos.map((video) => [video.path, video]));
  for (const { path, real, split, splitKnown } of videos) {
    const video = signed.get(path);
    if (video === undefined) {
      problems.push(`${path} is not in the signed list`);
      continue;
    }
    if (real !== (video.class === 'bonafide')) problems.push(`${path} is labelled ${real ? 'real' : 'fake'} but was made as ${video.class}`);
    if (splitKnown && split !== video.split) problems.push(`${path} is in ${split} but was made for ${video.split}`);
  }
  const found = new Set(videos.map(({ path }) => path));
  for (const { path } of evidence.videos) if (!found.has(path)) problems.push(`${path} can't be found by the rules of the layout`);
  try {
    checkNoLeak(evidence.videos.map(({ item, split, identities }) => ({ id: item, split, identities })));
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((entry) => entry.isDirectory(), () => false);
}

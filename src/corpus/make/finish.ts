import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkNoLeak } from '../design/splits.js';
import type { CorpusPlan } from '../plan.js';
import type { ItemJob } from '../job.js';
import { type Label, LABEL_FILE, readLabel } from '../label.js';
import { type CorpusIndex, INDEX_FILE } from '../read-corpus.js';
import { type Failure, ITEMS_FOLDER, readFailure, writeWhole } from './place.js';
import { plannedFacts } from './planned-facts.js';

/** What became of a plan. */
export interface Finished {
  /** Clips that are there. */
  readonly made: number;
  readonly failed: readonly Failure[];
  /** Ids of clips that are planned and neither made nor failed. */
  readonly missing: readonly string[];
  /** Folders under `items/` that no planned clip owns: of an earlier manifest. They are left alone and are not in the index. */
  readonly strangers: readonly string[];
}

/**
 * Writes the index of a corpus from what is there. Splits are checked once more, on the labels.
 *
 * @throws VivantError `INVALID_CORPUS`, `DISK_FULL`, `OUTPUT_UNWRITABLE`
 */
export async function finishCorpus(dir: string, plan: CorpusPlan): Promise<Finished> {
  const labels: Label[] = [];
  const failed: Failure[] = [];
  const missing: string[] = [];
  for (const job of plan.jobs) {
    const { id, key } = job;
    const label = await readLabel(join(dir, ITEMS_FOLDER, id));
    if (label?.key === key) {
      labels.push(await upToDate(dir, label, job));
      continue;
    }
    const failure = await readFailure(dir, id);
    if (failure === undefined) missing.push(id);
    else failed.push(failure);
  }
  checkNoLeak(labels);
  const planned = new Set(plan.jobs.map(({ id }) => id));
  const strangers = (await readdir(join(dir, ITEMS_FOLDER))).filter((name) => !planned.has(name)).sort();
  const { name, seed, tool, levels } = plan;
  const index: CorpusIndex = {
    format: 'tableau-vivant-corpus',
    version: 1,
    name,
    seed,
    tool,
    levels: [...levels],
    items: labels,
    failed: failed.map(({ id, code, message }) => ({ id, code, message })),
    missing,
  };
  await writeWhole(join(dir, INDEX_FILE), `${JSON.stringify(index, null, 1)}\n`);
  return { made: labels.length, failed, missing, strangers };
}

/** A manifest may have put a made clip into another split or group: its label follows, its files stay. */
async function upToDate(dir: string, label: Label, job: ItemJob): Promise<Label> {
  const current: Label = { ...label, ...plannedFacts(job) };
  if (!isDeepStrictEqual(current, label)) await writeWhole(join(dir, ITEMS_FOLDER, job.id, LABEL_FILE), `${JSON.stringify(current, null, 2)}\n`);
  return current;
}

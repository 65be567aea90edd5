import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SPLITS, type Split } from '../../design/splits.js';
import { parseJson, type Reader, type ReadVideo, videoProblem } from './reader.js';

const pairsSchema = z.array(z.tuple([z.string().regex(/^\d{3,}$/), z.string().regex(/^\d{3,}$/)]));
const LEVELS = ['raw', 'c23', 'c40'];

/**
 * FaceForensics++ (Rössler et al. 2019 and its repository): `splits/{train,val,test}.json` are lists of pairs of ids. The real videos
 * of a split are the ids in its pairs, `original_sequences/youtube/<level>/videos/<id>.mp4`; its fakes are the pairs, in either order,
 * `manipulated_sequences/<method>/<level>/videos/<target>_<source>.mp4`.
 */
export const readFaceForensics: Reader = async (dir) => {
  const problems: string[] = [];
  const splitOf = new Map<string, Split>();
  const pairs: string[] = [];
  for (const split of SPLITS) {
    const parsed = pairsSchema.safeParse(parseJson(await readFile(join(dir, 'splits', `${split}.json`), 'utf8').catch(() => undefined)));
    if (!parsed.success) {
      problems.push(`splits/${split}.json is missing or no list of pairs of ids`);
      continue;
    }
    for (const [target, source] of parsed.data) {
      for (const id of new Set([target, source])) {
        const other = splitOf.get(id);
        if (other !== undefined && other !== split) problems.push(`id ${id} is in ${other} and in ${split}`);
        splitOf.set(id, split);
      }
      for (const name of [`${target}_${source}`, `${source}_${target}`]) splitOf.set(name, split);
      if (target !== source) pairs.push(`${target}_${source}`);
    }
  }
  const videos: ReadVideo[] = [];
  const fakes = new Set<string>();
  const sequences = [{ folder: 'original_sequences/youtube', real: true }, ...(await foldersOf(dir, 'manipulated_sequences')).map((method) => ({ folder: `manipulated_sequences/${method}`, real: false }))];
  for (const { folder, real } of sequences) {
    for (const level of await foldersOf(dir, folder)) {
      if (!LEVELS.includes(level)) problems.push(`${folder}/${level} is no compression level`);
      for (const name of (await readdir(join(dir, folder, level, 'videos')).catch(() => [])).sort()) {
        const path = `${folder}/${level}/videos/${name}`;
        const stem = name.replace(/\.mp4$/, '');
        if (!(real ? /^\d{3,}\.mp4$/ : /^\d{3,}_\d{3,}\.mp4$/).test(name)) problems.push(`${path} is not named by ${real ? 'an id' : '<target>_<source>'}`);
        const problem = await videoProblem(join(dir, path), path);
        if (problem !== undefined) problems.push(problem);
        const split = splitOf.get(stem);
        if (split === undefined) problems.push(`${path} is in no split`);
        else videos.push({ path, real, split, splitKnown: true });
        if (!real) fakes.add(stem);
      }
    }
  }
  for (const pair of pairs) if (!fakes.has(pair) && !fakes.has(pair.split('_').reverse().join('_'))) problems.push(`the splits name the pair ${pair}, which no method has a video of`);
  if (videos.length === 0) problems.push('there are no videos');
  return { videos, problems };
};

async function foldersOf(dir: string, name: string): Promise<string[]> {
  const entries = await readdir(join(dir, name), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

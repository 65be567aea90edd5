import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reader, type ReadVideo, videoProblem } from './reader.js';

/** Folder -> whether its videos are real, and how they are named (Li et al. 2020 and the README of Celeb-DF v2). */
const FOLDERS = {
  'Celeb-real': [true, /^id\d+_\d{4}\.mp4$/],
  'Celeb-synthesis': [false, /^id\d+_id\d+_\d{4}\.mp4$/],
  'YouTube-real': [true, /^\d{5}\.mp4$/],
} as const satisfies Record<string, readonly [real: boolean, name: RegExp]>;

/**
 * Celeb-DF: three folders of videos; each line of `List_of_testing_videos.txt` is `<label> <folder>/<file>`, label 1 for real and 0
 * for fake. What isn't listed is for training.
 */
export const readCelebDf: Reader = async (dir) => {
  const problems: string[] = [];
  const tests = new Map<string, boolean>();
  const list = await readFile(join(dir, 'List_of_testing_videos.txt'), 'utf8').catch(() => undefined);
  if (list === undefined) problems.push('List_of_testing_videos.txt is missing');
  for (const [i, line] of (list ?? '').split('\n').entries()) {
    if (line === '') continue;
    const match = /^([01]) ((?:Celeb-real|Celeb-synthesis|YouTube-real)\/[^/ ]+\.mp4)$/.exec(line);
    if (match === null) problems.push(`List_of_testing_videos.txt, line ${i + 1}: expected "<0 or 1> <folder>/<file>.mp4"`);
    else tests.set(match[2]!, match[1] === '1');
  }
  const videos: ReadVideo[] = [];
  for (const [folder, [real, pattern]] of Object.entries(FOLDERS)) {
    const names = await readdir(join(dir, folder)).catch(() => undefined);
    if (names === undefined) {
      problems.push(`the folder ${folder} is missing`);
      continue;
    }
    for (const name of names.sort()) {
      const path = `${folder}/${name}`;
      if (!pattern.test(name)) problems.push(`${path} is not named as videos of ${folder} are`);
      const problem = await videoProblem(join(dir, path), path);
      if (problem !== undefined) problems.push(problem);
      const listed = tests.get(path);
      if (listed !== undefined && listed !== real) problems.push(`List_of_testing_videos.txt calls ${path} ${listed ? 'real' : 'fake'}`);
      videos.push({ path, real, split: listed === undefined ? 'train' : 'test', splitKnown: listed !== undefined });
    }
  }
  const there = new Set(videos.map(({ path }) => path));
  for (const path of tests.keys()) if (!there.has(path)) problems.push(`List_of_testing_videos.txt names ${path}, which is not there`);
  return { videos, problems };
};

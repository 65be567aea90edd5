import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Label } from '../label.js';
import { writeWhole } from '../make/place.js';
import { copyVideo } from './copy-video.js';
import { type Exporter, evidenceOf } from './exporter.js';
import { Numbering, padded } from './numbering.js';

const FOLDERS = ['Celeb-real', 'Celeb-synthesis', 'YouTube-real'] as const;

/**
 * Celeb-DF: `Celeb-real/idA_NNNN.mp4` are people who also drive fakes, `YouTube-real/NNNNN.mp4` other people, and
 * `Celeb-synthesis/idA_idB_NNNN.mp4` shows A driven by B. `List_of_testing_videos.txt` names the test videos, 1 for real.
 */
export const exportCelebDf: Exporter = async (task) => {
  const { corpus, dir, levels, onVideo } = task;
  const people = new Numbering();
  const drivers = new Set(corpus.labels.flatMap(({ driver }) => (driver === null ? [] : [driver.identity])));
  const counters = new Map<string, number>();
  const next = (prefix: string): number => {
    const number = counters.get(prefix) ?? 0;
    counters.set(prefix, number + 1);
    return number;
  };
  const place = (label: Label): string => {
    if (label.driver !== null) {
      const pair = `id${people.of(label.identity)}_id${people.of(label.driver.identity)}`;
      return `Celeb-synthesis/${pair}_${padded(next(pair), 4)}.mp4`;
    }
    if (!drivers.has(label.identity)) return `YouTube-real/${padded(next('youtube'), 5)}.mp4`;
    const person = `id${people.of(label.identity)}`;
    return `Celeb-real/${person}_${padded(next(person), 4)}.mp4`;
  };
  for (const folder of FOLDERS) await mkdir(join(dir, folder), { recursive: true });
  const videos = [];
  const tests: string[] = [];
  for (const label of corpus.labels) {
    const path = place(label);
    await copyVideo(task, label, levels[0]!, path);
    videos.push(evidenceOf(label, path));
    if (label.split === 'test') tests.push(`${label.class === 'bonafide' ? 1 : 0} ${path}`);
    onVideo();
  }
  await writeWhole(join(dir, 'List_of_testing_videos.txt'), tests.map((line) => `${line}\n`).join(''));
  return {
    videos,
    notes: ['List_of_testing_videos.txt names the test split; this layout has no place for a validation split, whose videos count as training (vivant-export.json tells them apart).'],
    skipped: [],
  };
};

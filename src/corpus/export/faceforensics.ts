import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Label } from '../label.js';
import { writeWhole } from '../make/place.js';
import { SPLITS, type Split } from '../design/splits.js';
import { copyVideo } from './copy-video.js';
import { type Exporter, evidenceOf } from './exporter.js';
import { Numbering, padded } from './numbering.js';

/**
 * FaceForensics++: `original_sequences/youtube/<level>/videos/<id>.mp4`,
 * `manipulated_sequences/<method>/<level>/videos/<target>_<source>.mp4`, and `splits/<split>.json` with pairs of ids. The target
 * is the sitter, the source the stretch of video that drives; a source that is a bona fide clip too has the same id there.
 */
export const exportFaceForensics: Exporter = async (task) => {
  const { corpus, dir, levels, onVideo } = task;
  const ids = new Numbering();
  const originals = corpus.labels.filter((label) => label.class === 'bonafide');
  for (const label of originals) ids.of(stretchOf(label));
  const pairs = new Map<string, { readonly split: Split; readonly pair: readonly [string, string] }>();
  const paths = new Map<Label, (level: string) => string>();
  const attacks = corpus.labels.filter((label) => label.class === 'attack');
  // All sources before all targets, so that a portrait is seen by its number.
  const sources = new Map(attacks.map((label) => [label, sourceOf(label, attacks)]));
  for (const source of sources.values()) ids.of(source);
  const digits = Math.max(3, String(ids.of('last') + attacks.length).length);
  const idOf = (name: string): string => padded(ids.of(name), digits);
  for (const label of corpus.labels) {
    if (label.class === 'bonafide') {
      const id = idOf(stretchOf(label));
      paths.set(label, (level) => `original_sequences/youtube/${level}/videos/${id}.mp4`);
      continue;
    }
    const pair = [idOf(`sitter ${label.subject!.id}`), idOf(sources.get(label)!)] as const;
    pairs.set(pair.join('_'), { split: label.split, pair });
    paths.set(label, (level) => `manipulated_sequences/${methodOf(label)}/${level}/videos/${pair.join('_')}.mp4`);
  }
  const paired = new Set([...pairs.values()].flatMap(({ pair }) => pair));
  for (const label of originals) {
    const id = idOf(stretchOf(label));
    if (!paired.has(id)) pairs.set(id, { split: label.split, pair: [id, id] });
  }
  const videos = [];
  for (const [label, path] of paths) {
    for (const level of levels) {
      await copyVideo(task, label, level, path(level));
      videos.push(evidenceOf(label, path(level)));
    }
    onVideo();
  }
  await mkdir(join(dir, 'splits'), { recursive: true });
  for (const split of SPLITS) {
    const list = [...pairs.values()].filter((entry) => entry.split === split).map(({ pair }) => pair);
    await writeWhole(join(dir, 'splits', `${split}.json`), `${JSON.stringify(list)}\n`);
  }
  return {
    videos,
    notes: ['Targets are portraits: they have no original video. An original that drives nothing stands in its split as a pair of itself.'],
    skipped: [],
  };
};

function stretchOf({ recording, driver }: Label): string {
  const { file, start, end } = (recording ?? driver)!;
  return `${file.sha256} ${start} ${end}`;
}

/** The driving stretch; numbered apart where the same sitter has it twice with one method (other strengths, other regions). */
function sourceOf(label: Label, attacks: readonly Label[]): string {
  const stretch = stretchOf(label);
  const alike = attacks.filter((other) => other.subject!.id === label.subject!.id && methodOf(other) === methodOf(label) && stretchOf(other) === stretch);
  const rank = alike.indexOf(label);
  return rank === 0 ? stretch : `${stretch} again ${rank}`;
}

function methodOf({ settings }: Label): string {
  return `TableauVivant-${settings!.quality}-${settings!.motion}`;
}

import { join } from 'node:path';
import type { Label } from '../label.js';
import { writeWhole } from '../make/place.js';
import { copyVideo } from './copy-video.js';
import { type Exporter, evidenceOf } from './exporter.js';
import { letters } from './evidence.js';

/** One entry of `metadata.json`. */
interface Entry {
  readonly label: 'REAL' | 'FAKE';
  readonly split: string;
  /** The real video that a fake was made from; `null` when the corpus has none of that driver. */
  readonly original?: string | null;
}

/** DFDC: all videos in one folder, with a `metadata.json` that says what each is. */
export const exportDfdc: Exporter = async (task) => {
  const { corpus, dir, levels, onVideo } = task;
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id } of corpus.labels) {
    let name = '';
    for (let attempt = 0; name === '' || taken.has(name); attempt++) name = `${letters(`${id} ${attempt}`, 10)}.mp4`;
    taken.add(name);
    names.set(id, name);
  }
  const metadata: Record<string, Entry> = {};
  for (const label of corpus.labels) {
    const name = names.get(label.id)!;
    await copyVideo(task, label, levels[0]!, name);
    const original = originalOf(label, corpus.labels);
    metadata[name] = {
      label: label.class === 'attack' ? 'FAKE' : 'REAL',
      split: label.split === 'val' ? 'validation' : label.split,
      ...(label.class === 'attack' ? { original: original === undefined ? null : names.get(original.id)! } : {}),
    };
    onVideo();
  }
  await writeWhole(join(dir, 'metadata.json'), `${JSON.stringify(metadata, null, 1)}\n`);
  const orphans = Object.values(metadata).filter(({ original }) => original === null).length;
  return {
    videos: corpus.labels.map((label) => evidenceOf(label, names.get(label.id)!)),
    notes: [
      'metadata.json has `label` and `split` of every video. `original` of a fake is a real video of the person who drove it.',
      ...(orphans > 0 ? [`${orphans} fakes have \`original\`: null, because the corpus has no real video of their driver.`] : []),
    ],
    skipped: [],
  };
};

/** A real video of the driver: of the same file if there is one, the nearest in time. */
function originalOf({ driver }: Label, labels: readonly Label[]): Label | undefined {
  if (driver === null) return undefined;
  const candidates = labels.filter(({ class: kind, identity }) => kind === 'bonafide' && identity === driver.identity);
  const distance = ({ recording }: Label): number => (recording!.file.sha256 === driver.file.sha256 ? Math.abs(recording!.start - driver.start) : Infinity);
  return [...candidates].sort((a, b) => distance(a) - distance(b) || (a.id < b.id ? -1 : 1))[0];
}

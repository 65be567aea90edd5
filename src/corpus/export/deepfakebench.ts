import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../../animator/cancel.js';
import { diskFull } from '../../media/encode-failure.js';
import type { Label } from '../label.js';
import type { Level } from '../levels.js';
import { SPLITS, type Split } from '../design/splits.js';
import { writeWhole } from '../make/place.js';
import { alignedFaces } from './aligned-faces.js';
import { openCropFolder } from './crop-folder.js';
import { type Exporter, type ExportTask, evidenceOf } from './exporter.js';
import { encodeNpy } from './npy.js';
import { padded } from './numbering.js';

/** DeepfakeBench takes exactly so many frames of a video. */
export const FRAMES_PER_VIDEO = 32;

interface Entry {
  readonly label: string;
  readonly frames: readonly string[];
}

/**
 * DeepfakeBench: aligned faces of 256 x 256 with 81 landmarks each, and the JSON that its loader reads. Paths in it start with
 * `./datasets/<name>/`: the export belongs into the folder `datasets` of a DeepfakeBench checkout.
 */
export const exportDeepfakeBench: Exporter = async (task) => {
  const { corpus, dir, name, levels, onVideo } = task;
  const level = levels[0]!;
  const classes = { bonafide: `${name}_Real`, attack: `${name}_Fake` } as const;
  const empty = (): Record<Split, Record<string, Entry>> => ({ train: {}, val: {}, test: {} });
  const json: Record<string, Record<Split, Record<string, Entry>>> = { [classes.bonafide]: empty(), [classes.attack]: empty() };
  const videos = [];
  const skipped: { item: string; reason: string }[] = [];
  for (const [number, label] of corpus.labels.entries()) {
    const video = padded(number, 5);
    const frames = await writeFaces(task, label, level, video);
    if (frames === undefined) {
      skipped.push({ item: label.id, reason: `no ${FRAMES_PER_VIDEO} evenly spaced frames with a face` });
    } else {
      json[classes[label.class]]![label.split][video] = { label: classes[label.class], frames: frames.map((frame) => `./datasets/${name}/frames/${video}/${padded(frame, 3)}.png`) };
      videos.push(evidenceOf(label, `frames/${video}`));
    }
    onVideo();
  }
  const folder = join(dir, 'preprocessing', 'dataset_json');
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, `${name}.json`), `${JSON.stringify({ [name]: json }, null, 1)}\n`);
  const bare = SPLITS.flatMap((split) => Object.entries(json).filter(([, splits]) => Object.keys(splits[split]).length === 0).map(([kind]) => `${kind} in ${split}`));
  return {
    videos,
    notes: [
      `Put or link this folder to datasets/${name} in your DeepfakeBench checkout, and copy preprocessing/dataset_json/${name}.json to its preprocessing/dataset_json/.`,
      `Add to \`label_dict\` in training/config/train_config.yaml and test_config.yaml:\n    ${classes.bonafide}: 0\n    ${classes.attack}: 1`,
      'Set `lmdb: False` there, and `frame_num: {train: 32, test: 32}`.',
      ...(bare.length > 0 ? [`There is nothing for ${bare.join(', ')}; leave that split out.`] : []),
    ],
    skipped,
  };
};

/** Frames and landmarks of one video; `undefined`, and nothing written, when there aren't enough faces in it. */
async function writeFaces(task: ExportTask, label: Label, level: Level, video: string): Promise<readonly number[] | undefined> {
  const { corpus, dir, detector, signal } = task;
  const file = label.files.find((entry) => entry.level === level)!;
  const [pictures, landmarks] = ['frames', 'landmarks'].map((kind) => join(dir, kind, video)) as [string, string];
  const frames: number[] = [];
  try {
    await Promise.all([mkdir(pictures, { recursive: true }), mkdir(landmarks, { recursive: true })]);
    const path = join(corpus.dir, 'items', label.id, file.path);
    const crops = await openCropFolder(label, path, pictures, signal);
    try {
      for await (const face of alignedFaces(path, label, FRAMES_PER_VIDEO, await detector(), signal)) {
        throwIfAborted(signal);
        await crops.write(face.frame, face.picture);
        await writeFile(join(landmarks, `${padded(face.frame, 3)}.npy`), encodeNpy({ shape: [81, 2], data: face.landmarks }));
        frames.push(face.frame);
      }
      if (frames.length === FRAMES_PER_VIDEO) {
        const finished = await crops.finish();
        for (const picture of await readdir(finished)) await rename(join(finished, picture), join(pictures, picture));
        await rm(finished, { recursive: true });
        return frames;
      }
    } catch (error) {
      await crops.abort();
      throw error;
    }
    await crops.abort();
    await Promise.all([rm(pictures, { recursive: true }), rm(landmarks, { recursive: true })]);
    return undefined;
  } catch (error) {
    throw diskFull(error, pictures) ?? error;
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readImage } from '../../../media/image.js';
import { SPLITS } from '../../design/splits.js';
import { decodeNpy } from '../npy.js';
import { parseJson, type Reader, type ReadVideo } from './reader.js';

const entry = z.object({ label: z.string(), frames: z.array(z.string()) });
const videosOfSplit = z.record(z.string(), entry);
const dataset = z.record(z.string(), z.object({ train: videosOfSplit, val: videosOfSplit, test: videosOfSplit }));
const FRAMES = 32;
const SIDE = 256;
/** Points may lie outside the crop, but not by more than its side. */
const REACH = SIDE;

/**
 * DeepfakeBench (Yan et al. 2023), by what its loader does: it opens `preprocessing/dataset_json/<name>.json`, takes the entry
 * `<name>` in it, walks all labels and the split it is in, and all videos; picks frames evenly from a list that must not be shorter
 * than it asks for; opens paths that start with `.` as they are, relative to the checkout; and finds landmarks by replacing every
 * `frames` with `landmarks` and `.png` with `.npy`. It sorts frames by the integer of their names.
 */
export const readDeepfakeBench: Reader = async (dir) => {
  const folder = join('preprocessing', 'dataset_json');
  const files = (await readdir(join(dir, folder)).catch(() => [])).filter((file) => file.endsWith('.json'));
  if (files.length !== 1) return { videos: [], problems: [`expected one JSON file in ${folder} but found ${files.length}`] };
  const name = files[0]!.slice(0, -'.json'.length);
  const parsed = z.record(z.string(), dataset).safeParse(parseJson(await readFile(join(dir, folder, files[0]!), 'utf8')));
  if (!parsed.success) return { videos: [], problems: [`${files[0]!}: ${parsed.error.issues[0]!.path.join('.')}: ${parsed.error.issues[0]!.message}`] };
  const keys = Object.keys(parsed.data);
  if (keys.length !== 1 || keys[0] !== name) return { videos: [], problems: [`${files[0]!}: the only key must be ${name}, the name of the file, but there is ${keys.join(', ')}`] };
  const problems: string[] = [];
  const videos: ReadVideo[] = [];
  const classes = parsed.data[name]!;
  for (const kind of [`${name}_Real`, `${name}_Fake`]) if (!(kind in classes)) problems.push(`${files[0]!}: the class ${kind} is missing`);
  const seen = new Map<string, string>();
  for (const [kind, splits] of Object.entries(classes)) {
    for (const split of SPLITS) {
      for (const [video, { label, frames }] of Object.entries(splits[split])) {
        if (label !== kind) problems.push(`${video}: its label ${label} is not its class ${kind}`);
        if (seen.has(video)) problems.push(`${video} is a video of ${seen.get(video)!} and of ${kind}: folders must be unique`);
        seen.set(video, kind);
        if (frames.length !== FRAMES) problems.push(`${video} has ${frames.length} frames, not ${FRAMES}`);
        problems.push(...orderProblems(video, frames));
        for (const frame of frames) problems.push(...(await frameProblems(dir, name, frame)));
        videos.push({ path: `frames/${video}`, real: kind === `${name}_Real`, split, splitKnown: true });
      }
    }
  }
  for (const kind of [`${name}_Real`, `${name}_Fake`]) if (![...seen.values()].includes(kind)) problems.push(`there is no video of the class ${kind}: a loader needs both`);
  return { videos, problems };
};

function orderProblems(video: string, frames: readonly string[]): string[] {
  const numbers = frames.map((frame) => Number(/\/(\d+)\.png$/.exec(frame)?.[1] ?? Number.NaN));
  if (numbers.some((number) => !Number.isInteger(number))) return [`${video}: names of frames must be integers with .png`];
  const gaps = numbers.slice(1).map((number, i) => number - numbers[i]!);
  if (gaps.some((gap) => gap < 1)) return [`${video}: frames are not in rising order`];
  return [];
}

async function frameProblems(dir: string, name: string, frame: string): Promise<string[]> {
  if (!frame.startsWith('./')) return [`${frame} does not start with ./`];
  if (frame.split('frames').length !== 2) return [`${frame} must contain "frames" exactly once`];
  const prefix = `./datasets/${name}/`;
  if (!frame.startsWith(prefix)) return [`${frame} does not lie in ${prefix}`];
  const local = (path: string): string => join(dir, path.slice(prefix.length));
  try {
    const { nativeWidth, nativeHeight } = await readImage(local(frame));
    if (nativeWidth !== SIDE || nativeHeight !== SIDE) return [`${frame} is ${nativeWidth} x ${nativeHeight}, not ${SIDE} x ${SIDE}`];
  } catch {
    return [`${frame} is missing or no picture`];
  }
  const landmarks = frame.replaceAll('frames', 'landmarks').replace('.png', '.npy');
  try {
    const { shape, data } = decodeNpy(await readFile(local(landmarks)));
    if (shape.join(',') !== '81,2') return [`${landmarks} has the shape ${shape.join(' x ')}, not 81 x 2`];
    if (!data.every((value) => value > -REACH && value < SIDE + REACH)) return [`${landmarks} has points far outside the face`];
  } catch (error) {
    return [`${landmarks}: ${error instanceof SyntaxError ? error.message : 'it is missing'}`];
  }
  return [];
}

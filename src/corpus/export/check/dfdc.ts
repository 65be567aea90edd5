import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson, type Reader, type ReadVideo, videoProblem } from './reader.js';

const entrySchema = z.object({ label: z.enum(['REAL', 'FAKE']), split: z.enum(['train', 'validation', 'test']), original: z.string().nullable().optional() });

/**
 * DFDC (Dolhansky et al. 2020, and its Kaggle release): `metadata.json` is an object from file name to `label`, `split` and, for
 * fakes, `original`, the file name of a real video. All files lie in one folder.
 */
export const readDfdc: Reader = async (dir) => {
  const metadata = z.record(z.string(), z.unknown()).safeParse(parseJson(await readFile(join(dir, 'metadata.json'), 'utf8').catch(() => undefined)));
  if (!metadata.success) return { videos: [], problems: ['metadata.json is missing or no JSON object'] };
  const videos: ReadVideo[] = [];
  const problems: string[] = [];
  const entries = new Map<string, z.output<typeof entrySchema>>();
  for (const [name, value] of Object.entries(metadata.data)) {
    const entry = entrySchema.safeParse(value);
    if (!entry.success) problems.push(`metadata.json: ${name}: ${entry.error.issues[0]!.path.join('.')}: ${entry.error.issues[0]!.message}`);
    else entries.set(name, entry.data);
  }
  for (const [name, { label, split, original }] of entries) {
    if (!/^[a-z]+\.mp4$/.test(name)) problems.push(`${name} is not named in lower-case letters with .mp4`);
    const problem = await videoProblem(join(dir, name), name);
    if (problem !== undefined) problems.push(problem);
    if (label === 'REAL' && original !== undefined) problems.push(`${name} is REAL but has an original`);
    if (label === 'FAKE' && original === undefined) problems.push(`${name} is FAKE but has no \`original\``);
    if (typeof original === 'string' && entries.get(original)?.label !== 'REAL') problems.push(`${name}: its original ${original} is no REAL video of this folder`);
    videos.push({ path: name, real: label === 'REAL', split: split === 'validation' ? 'val' : split, splitKnown: true });
  }
  for (const name of await readdir(dir)) if (name.endsWith('.mp4') && !(name in metadata.data)) problems.push(`${name} is not in metadata.json`);
  return { videos, problems };
};

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { localSigner } from '../../provenance/signer/identity.js';
import { fileSha256 } from '../../provenance/containers/file-hash.js';
import { readSignedJson, signJson } from '../../provenance/sidecar/jws.js';
import { SPLITS } from '../design/splits.js';
import { LEVELS } from '../levels.js';
import { writeWhole } from '../make/place.js';
import { EXPORT_FORMATS } from './formats.js';

/** Signed list of everything in an export. */
export const EVIDENCE_FILE = 'vivant-export.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What an export says of itself, signed. */
export const evidenceSchema = z.object({
  format: z.literal('tableau-vivant-export'),
  version: z.literal(1),
  statement: z.string(),
  layout: z.enum(EXPORT_FORMATS),
  name: z.string(),
  levels: z.array(z.enum(LEVELS)).min(1),
  corpus: z.object({ name: z.string(), seed: z.int(), tool: z.object({ name: z.string(), version: z.string() }) }),
  videos: z.array(
    z.object({
      path: z.string().describe('File or folder of the video within the export.'),
      item: z.string(),
      class: z.enum(['attack', 'bonafide']),
      split: z.enum(SPLITS),
      identities: z.array(z.string()),
      species: z.string().nullable(),
      mark: z.enum(['mark', 'decoy', 'none']),
    }),
  ),
  files: z.array(z.object({ name: z.string(), bytes: z.int().nonnegative(), sha256 })).min(1),
});
export type Evidence = z.output<typeof evidenceSchema>;

export const STATEMENT =
  'The videos and pictures of class "attack" are SYNTHETIC: portraits animated by software; nobody performed what they show. Those of class "bonafide" were filmed. For research on the detection of synthetic faces.';

/** Hashes every file of an export, signs the list and writes it. */
export async function writeEvidence(dir: string, facts: Omit<Evidence, 'format' | 'version' | 'statement' | 'files'>): Promise<void> {
  const files = await Promise.all(
    (await filesUnder(dir)).map(async (name) => {
      const path = join(dir, name);
      return { name, bytes: (await stat(path)).size, sha256: await fileSha256(path) };
    }),
  );
  const content: Evidence = { format: 'tableau-vivant-export', version: 1, statement: STATEMENT, ...facts, files };
  await writeWhole(join(dir, EVIDENCE_FILE), signJson(content, 'tableau-vivant-export+json', await localSigner()));
}

/** The signed list, and what is wrong with it or with the files it vouches for. */
export async function readEvidence(dir: string): Promise<{ readonly evidence: Evidence | undefined; readonly problems: readonly string[] }> {
  const text = await readFile(join(dir, EVIDENCE_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return { evidence: undefined, problems: [`${EVIDENCE_FILE} is missing: nothing says what is synthetic`] };
  const signed = readSignedJson(text);
  const parsed = evidenceSchema.safeParse(signed?.content);
  if (signed === undefined || !parsed.success) return { evidence: undefined, problems: [`${EVIDENCE_FILE} is not what "vivant corpus export" writes`] };
  const problems = signed.problem === undefined ? [] : [`${EVIDENCE_FILE}: ${signed.problem}`];
  const listed = new Map(parsed.data.files.map((file) => [file.name, file]));
  const there = (await filesUnder(dir)).filter((name) => name !== EVIDENCE_FILE);
  for (const name of there) if (!listed.has(name)) problems.push(`${name} is not in the signed list`);
  for (const { name, sha256: expected } of parsed.data.files) {
    const found = await fileSha256(join(dir, name)).catch(() => undefined);
    if (found === undefined) problems.push(`${name} is missing`);
    else if (found !== expected) problems.push(`${name} was changed after the export was signed`);
  }
  return { evidence: parsed.data, problems };
}

/** Paths of all files below a folder, with slashes, sorted. */
async function filesUnder(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** A short name that nothing but the clip decides, lower-case letters. */
export function letters(id: string, count: number): string {
  const digest = createHash('sha256').update(id).digest();
  return Array.from({ length: count }, (_, i) => String.fromCharCode(97 + (digest[i]! % 26))).join('');
}

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusIndexSchema } from '#dist/corpus/read-corpus.js';

export interface FixtureClip {
  readonly id: string;
  readonly attack: boolean;
  readonly identity: string;
  /** The file of each level. Whatever it holds, the index is true about it. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly split?: 'train' | 'val' | 'test';
  readonly species?: string;
  readonly quality?: 'draft' | 'standard';
  readonly driver?: string;
  readonly groups?: Readonly<Record<string, string>>;
  readonly mark?: 'mark' | 'decoy' | 'none';
  readonly frames?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly picture?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

const HASH = 'a'.repeat(64);

/** A corpus of given files, as `vivant corpus make` lays it out; the index passes the product's own schema. */
export function writeCorpus(dir: string, clips: readonly FixtureClip[]): void {
  const items = clips.map((clip) => {
    const { id, attack, identity, files, split = 'test', species = 'recorded/draft/relative', quality = 'draft', driver = 'cap12', groups = {}, mark, frames = 10 } = clip;
    const { width, height } = clip.size ?? { width: 64, height: 80 };
    const picture = clip.picture ?? { x: 0, y: 0, width, height: width };
    const folder = join(dir, 'items', id);
    mkdirSync(folder, { recursive: true });
    const rights = { basis: 'licensed', subject: identity };
    return {
      format: 'tableau-vivant-corpus-item',
      version: 1,
      id,
      key: createHash('sha256').update(id).digest('hex'),
      class: attack ? 'attack' : 'bonafide',
      split,
      identity,
      identities: [identity],
      groups,
      species: attack ? species : null,
      subject: attack ? { id: identity, photos: [{ name: 'photo.png', sha256: HASH }], rights } : null,
      driver: attack ? { id: driver, identity: driver, kind: 'recorded', file: { name: 'd.mp4', sha256: HASH }, rights: { basis: 'licensed' }, start: 0, end: 1 } : null,
      recording: attack ? null : { id: identity, file: { name: 'r.mp4', sha256: HASH }, rights, start: 0, end: 1 },
      settings: attack ? { quality, motion: 'relative', amplitude: 1, smooth: 0.5, region: 'all', driverPixels: true } : null,
      seed: 1,
      take: 0,
      tool: { name: 'tableau-vivant', version: '0.0.0' },
      models: { landmarks: HASH, refiner: null },
      clip: { frames, fps: 25, width, height, picture, band: { x: 0, y: height - 16, width, height: 16 }, face: { x: 8, y: 8, width: 40, height: 40 } },
      mark: { kind: mark ?? (attack ? 'mark' : 'decoy'), code: null, decoySeed: null, decoyFrames: [] },
      framesSha256: HASH,
      files: Object.entries(files).map(([level, content]) => {
        writeFileSync(join(folder, `${level}.mp4`), content);
        const bytes = readFileSync(join(folder, `${level}.mp4`));
        return { level, path: `${level}.mp4`, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), disclosure: null };
      }),
      created: '2026-01-01T00:00:00.000Z',
    };
  });
  const levels = [...new Set(clips.flatMap(({ files }) => Object.keys(files)))];
  const index = { format: 'tableau-vivant-corpus', version: 1, name: 'fixture', seed: 1, tool: { name: 'tableau-vivant', version: '0.0.0' }, levels, items, failed: [], missing: [] };
  writeFileSync(join(dir, 'corpus.json'), JSON.stringify(corpusIndexSchema.parse(index)));
}

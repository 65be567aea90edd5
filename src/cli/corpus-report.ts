import type { Command } from 'commander';
import { type CorpusReportFiles, reportCorpus } from '../index.js';
import { valueFlag } from './flags.js';
import { printJson, type Terminal } from './terminal.js';

const EXAMPLES = `
Examples:
  $ vivant corpus score corpus --detector antispoof
  $ vivant corpus score corpus --detector liveness
  $ vivant corpus report corpus --out report

Writes report.html, report.md, report.json, metrics.csv, scores.csv, and curves and histograms as SVG and PNG: docs/detectors.md.
`;

interface Flags {
  readonly out?: string;
  readonly scores?: readonly string[];
  readonly split?: string;
  readonly rounds?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

/** Adds `vivant corpus report`. */
export function addCorpusReport(corpus: Command, terminal: Terminal): void {
  corpus
    .command('report')
    .description('what detectors achieve on a corpus: rates of ISO/IEC 30107-3, AUC, AP, curves and histograms')
    .argument('<corpus>', 'folder of the corpus')
    .addOption(valueFlag('--out <folder>', 'where the report goes [default: report in the corpus]'))
    .option('--scores <file...>', 'files of scores [default: all of scores/ in the corpus]')
    .addOption(valueFlag('--split <name>', 'only this split (train, val, test)'))
    .addOption(valueFlag('--rounds <n>', 'draws of the bootstrap [default: 1000]', true))
    .addOption(valueFlag('--seed <n>', 'of the bootstrap [default: 1]', true))
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, { out, scores, split, rounds, seed, json }: Flags) => {
      const written = await reportCorpus(dir, {
        ...(out === undefined ? {} : { out }),
        ...(scores === undefined ? {} : { scores }),
        // Values are checked by the SDK.
        ...(split === undefined ? {} : { split: split as 'train' }),
        ...(rounds === undefined ? {} : { rounds }),
        ...(seed === undefined ? {} : { seed }),
        signal: terminal.signal,
      });
      if (json) printJson(terminal, written.report);
      else terminal.out(summary(written));
    });
}

function summary({ out, files, report }: CorpusReportFiles): string {
  const lines = [`${report.corpus.name}: ${report.corpus.files.attack} synthetic and ${report.corpus.files.bonaFide} bona fide files`];
  for (const { name, video, warnings } of report.detectors) {
    const { auc, eer } = video.overall;
    lines.push(`  ${name}: AUC ${auc?.value.toFixed(3) ?? '-'}, EER ${eer === null ? '-' : `${(eer.value * 100).toFixed(1)} %`}`);
    for (const warning of warnings) lines.push(`    ${warning}`);
  }
  lines.push(`${files.length} files in ${out}, report.html among them`);
  return `${lines.join('\n')}\n`;
}

import type { Command } from 'commander';
import { addCorpusExport } from './corpus-export.js';
import { addCorpusMake } from './corpus-make.js';
import { addCorpusReport } from './corpus-report.js';
import { addCorpusScore } from './corpus-score.js';
import type { Terminal } from './terminal.js';

/** Adds `vivant corpus`, with a command of its own for each step. */
export function addCorpus(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const corpus = program
    .command('corpus')
    .description('labelled clips for detectors of synthetic faces: make them, export them in the layouts that benchmarks read, and measure detectors')
    .addHelpText('after', '\nExamples:\n  $ vivant corpus make manifest.jsonl --out corpus\n  $ vivant corpus export corpus --format deepfakebench --out datasets/MyFaces\n');
  addCorpusMake(corpus, terminal, finish);
  addCorpusExport(corpus, terminal, finish);
  addCorpusScore(corpus, terminal, finish);
  addCorpusReport(corpus, terminal);
}

import type { Command } from 'commander';
import { checkExport, type ExportCheck, exportCorpus, type ExportCorpusOptions, type ExportReport } from '../index.js';
import { valueFlag } from './flags.js';
import { printJson, type Terminal } from './terminal.js';

const SHOWN_PROBLEMS = 20;
const PLAIN_MS = 5000;

const EXAMPLES = `
Examples:
  $ vivant corpus export corpus --format deepfakebench --out DeepfakeBench/datasets/MyFaces --name MyFaces
  $ vivant corpus export corpus --format faceforensics --out ff
  $ vivant corpus export corpus --format dfdc --level c40 --out dfdc-c40
  Check an export as its benchmark would read it (every export is checked before it gets its name):
    $ vivant corpus export ff --check

Exit codes: 0 all is well, 1 --check found something wrong, the rest as in docs/cli.md.
`;

interface Flags extends Partial<Omit<ExportCorpusOptions, 'corpus' | 'signal' | 'onProgress'>> {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `vivant corpus export`. */
export function addCorpusExport(corpus: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  corpus
    .command('export')
    .description('write a corpus in the layout of a benchmark, or check one that was written')
    .argument('<folder>', 'a made corpus; with --check an export')
    .addOption(valueFlag('--format <layout>', 'deepfakebench, faceforensics, celebdf or dfdc'))
    .addOption(valueFlag('--out <folder>', 'where the export appears when it is complete'))
    .addOption(valueFlag('--name <name>', "name of the data set [default: the corpus' name]"))
    .addOption(valueFlag('--level <level>', 'compression level: raw, c23 or c40 [default: c23; faceforensics: all]'))
    .option('--check', 'read an export by the rules of its layout and check its signed hashes')
    .option('--force', 'replace an earlier export')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: Flags) => {
      const { check, json, quiet, ...options } = flags;
      if (check) {
        const found = await checkExport({ dir: folder, ...(options.format === undefined ? {} : { format: options.format }) });
        if (json) printJson(terminal, found);
        else terminal.out(describeCheck(folder, found));
        finish(found.problems.length > 0 ? 1 : 0);
        return;
      }
      let last = 0;
      const onProgress: ExportCorpusOptions['onProgress'] = ({ videos, total }) => {
        if (quiet || (videos < total && performance.now() - last < PLAIN_MS)) return;
        last = performance.now();
        terminal.err(`${videos}/${total} videos\n`);
      };
      // The SDK checks every value, also those that are missing here.
      const report = await exportCorpus({ ...(options as ExportCorpusOptions), corpus: folder, signal: terminal.signal, onProgress });
      if (json) printJson(terminal, report);
      else terminal.out(describe(report));
    });
}

function describe({ out, format, name, levels, videos, skipped, notes, evidence }: ExportReport): string {
  const lines = [`${out}: ${name} as ${format}, ${videos} videos at ${levels.join(', ')}; read back and checked`];
  for (const { item, reason } of skipped) lines.push(`  left out: ${item}: ${reason}`);
  for (const note of notes) lines.push(`- ${note}`);
  lines.push(`- ${evidence} lists every file with its hash and says what is synthetic, signed. Keep it with the data.`);
  return `${lines.join('\n')}\n`;
}

function describeCheck(folder: string, { format, counts, problems }: ExportCheck): string {
  const lines = [`${folder}: ${format}`];
  for (const [split, { real, fake }] of Object.entries(counts)) lines.push(`  ${split}: ${real} real, ${fake} fake`);
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) lines.push(`  wrong: ${problem}`);
  if (problems.length > SHOWN_PROBLEMS) lines.push(`  and ${problems.length - SHOWN_PROBLEMS} more`);
  lines.push(problems.length === 0 ? 'It holds to the rules of its layout and is as it was signed.' : `${problems.length} things are wrong.`);
  return `${lines.join('\n')}\n`;
}

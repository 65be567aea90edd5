import type { Command } from 'commander';
import { type CorpusProgress, type CorpusReport, makeCorpus, makeCorpusThroughQueue, VivantError } from '../index.js';
import { valueFlag } from './flags.js';
import { duration } from './progress-view.js';
import { printJson, type Terminal } from './terminal.js';

/** Some clips could not be made. */
const SOME_FAILED = 8;
const REDRAW_MS = 200;
const SHOWN_FAILURES = 5;

const EXAMPLES = `
Examples:
  $ vivant corpus make manifest.jsonl --out corpus --jobs 4
  The same command again goes on where the last one stopped, whatever stopped it, and tries failed clips once more.

The manifest lists subjects with their photos and rights, drivers, recordings and a design: docs/corpus.md.
Exit codes: 0 all clips are there, 8 some failed (the others are there), the rest as in docs/cli.md.
`;

interface Flags {
  readonly out?: string;
  readonly jobs?: number;
  readonly queue?: string;
  readonly results?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `vivant corpus make`. */
export function addCorpusMake(corpus: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  corpus
    .command('make')
    .description('make the clips of a manifest, or the rest of them')
    .argument('<manifest>', '.jsonl or .csv')
    .addOption(valueFlag('--out <folder>', 'where the corpus is made'))
    .addOption(valueFlag('--jobs <n>', "clips made at the same time [default: half of the processor's threads]", true))
    .addOption(valueFlag('--queue <url>', 'have the clips made by `vivant worker` on other machines: redis://host:port/database?queue=name'))
    .addOption(valueFlag('--results <place>', 'with --queue: a folder that all machines see, or s3://bucket/prefix [default: .results in the corpus]'))
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string, flags: Flags) => {
      const view = new CorpusView(terminal, flags.quiet ?? false);
      const { out, jobs, queue, results } = flags;
      if (queue !== undefined && jobs !== undefined) throw new VivantError('INVALID_OPTION', '--jobs is for this machine; with --queue it is an option of `vivant worker`.');
      if (queue === undefined && results !== undefined) throw new VivantError('INVALID_OPTION', '--results goes with --queue.');
      // The SDK says what is missing.
      const common = { manifest, out: out as string, signal: terminal.signal, onProgress: view.show };
      const making =
        queue === undefined
          ? makeCorpus({ ...common, ...(jobs === undefined ? {} : { jobs }) })
          : makeCorpusThroughQueue({ ...common, queue, ...(results === undefined ? {} : { results }) });
      const report = await making.finally(() => view.end());
      if (flags.json) printJson(terminal, report);
      else terminal.out(summary(report));
      finish(report.failed.length > 0 ? SOME_FAILED : 0);
    });
}

function summary(report: CorpusReport): string {
  const { name, out, total, made, madeNow, failed, counts, warnings, seconds } = report;
  const lines = [`${name}: ${made} of ${total} clips in ${out}, ${madeNow} made now in ${duration(seconds)}`];
  for (const kind of ['attack', 'bonafide'] as const) {
    const { train, val, test } = counts[kind];
    lines.push(`  ${kind === 'attack' ? 'synthetic' : 'bona fide'}: ${train} train, ${val} val, ${test} test`);
  }
  for (const { id, code, message } of failed.slice(0, SHOWN_FAILURES)) lines.push(`  failed: ${id}: ${message} [${code}]`);
  if (failed.length > SHOWN_FAILURES) lines.push(`  and ${failed.length - SHOWN_FAILURES} more, see ${out}/corpus.json`);
  for (const warning of warnings) lines.push(`Note: ${warning}`);
  return `${lines.join('\n')}\n`;
}

/** One redrawn line on a terminal, a line for every finished clip elsewhere. */
class CorpusView {
  private lastShown = 0;
  private drawn = false;
  private frames = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly quiet: boolean,
  ) {}

  readonly show = (progress: CorpusProgress): void => {
    const { event } = progress;
    if (event === 'frame') this.frames++;
    if (this.quiet) return;
    if (!this.terminal.interactive) {
      if (event !== 'frame') this.terminal.err(`${progressLine(progress)}${progress.id === undefined ? '' : ` (${event}: ${progress.id})`}\n`);
      return;
    }
    const now = performance.now();
    if (event === 'frame' && now - this.lastShown < REDRAW_MS) return;
    this.lastShown = now;
    this.terminal.err(`\r\u001b[2K${`${progressLine(progress)}, ${this.frames} frames drawn`.slice(0, this.terminal.columns - 1)}`);
    this.drawn = true;
  };

  end(): void {
    if (this.drawn) this.terminal.err('\r\u001b[2K');
    this.drawn = false;
  }
}

function progressLine({ made, failed, total, secondsLeft }: CorpusProgress): string {
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  return `${made}/${total} clips${failed > 0 ? `, ${failed} failed` : ''}${left}`;
}

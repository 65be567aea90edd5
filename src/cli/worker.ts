import type { Command } from 'commander';
import { type WorkerNews, workQueue } from '../index.js';
import { valueFlag } from './flags.js';
import { duration } from './progress-view.js';
import { printJson, type Terminal } from './terminal.js';

const EXAMPLES = `
Examples:
  $ vivant worker --queue redis://queue.local:6379 --results /mnt/shared/results
  $ vivant worker --queue redis://queue.local:6379 --results s3://bucket/corpus --root /data/inputs --idle 600

Clips are ordered with \`vivant corpus make manifest.jsonl --out corpus --queue <url>\`: docs/scale.md.
A worker may be killed at any time; its clip goes to another one. Ctrl-C gives it back at once.
`;

interface Flags {
  readonly queue?: string;
  readonly results?: string;
  readonly root?: string;
  readonly jobs?: number;
  readonly idle?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `vivant worker`. */
export function addWorker(program: Command, terminal: Terminal): void {
  program
    .command('worker')
    .description('make clips of a corpus that another machine has ordered through a queue')
    .requiredOption('--queue <url>', 'redis://host:port/database?queue=name')
    .requiredOption('--results <place>', 'a folder that all machines see, or s3://bucket/prefix')
    .addOption(valueFlag('--root <folder>', 'where this machine has the inputs [default: the same path as where they were ordered]'))
    .addOption(valueFlag('--jobs <n>', 'clips made at the same time [default: 1]', true))
    .addOption(valueFlag('--idle <seconds>', 'stop after so long without work [default: never]', true))
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no news')
    .addHelpText('after', EXAMPLES)
    .action(async ({ queue, results, root, jobs, idle, json, quiet }: Flags) => {
      const report = await workQueue({
        queue: queue!,
        results: results!,
        ...(root === undefined ? {} : { root }),
        ...(jobs === undefined ? {} : { jobs }),
        ...(idle === undefined ? {} : { idleSeconds: idle }),
        signal: terminal.signal,
        onEvent: (news) => void (quiet !== true && terminal.err(`${describe(news)}\n`)),
      });
      if (json) printJson(terminal, report);
      else terminal.out(`${report.made} clips made, ${report.found} found made, ${report.failed} failures in ${duration(report.seconds)}\n`);
    });
}

function describe({ what, key, seconds, problem }: WorkerNews): string {
  const words = { made: 'made', found: 'was made already', 'set-aside': 'set aside', retry: 'will be tried again', 'give-back': 'given back' } as const;
  const took = seconds === undefined ? '' : ` in ${seconds.toFixed(1)} s`;
  return `${key.slice(0, 12)} ${words[what]}${took}${problem === undefined ? '' : `: ${problem.message} [${problem.code}]`}`;
}

import type { Command } from 'commander';
import { queueStatus, type QueueStatus } from '../index.js';
import { printJson, type Terminal } from './terminal.js';

/** Clips are waiting and nobody works, or some were set aside. */
const NEEDS_ATTENTION = 8;

const EXAMPLES = `
Examples:
  $ vivant queue status redis://queue.local:6379
  $ vivant queue status redis://queue.local:6379 --retry

Exit codes: 0 all is well, 8 clips were set aside or nobody works on those that wait, 6 the server does not answer.
`;

/** Adds `vivant queue`. */
export function addQueue(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const queue = program.command('queue').description('look into a queue of clips');
  queue
    .command('status')
    .description('how many clips are waiting, in work, made and set aside, who works, and what went wrong')
    .argument('<url>', 'redis://host:port/database?queue=name')
    .option('--retry', 'put back in line what was set aside')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, flags: { readonly retry?: boolean; readonly json?: boolean }) => {
      const status = await queueStatus(url, { retry: flags.retry ?? false });
      if (flags.json) printJson(terminal, status);
      else terminal.out(describe(status));
      const stuck = status.waiting + status.delayed > 0 && status.workers.length === 0;
      finish(status.setAside > 0 || stuck ? NEEDS_ATTENTION : 0);
    });
}

function describe({ waiting, active, delayed, done, setAside, workers, problems, warnings, retried }: QueueStatus): string {
  const lines = [
    `waiting ${waiting}, in work ${active}, tried again later ${delayed}, made and not collected ${done}, set aside ${setAside}`,
    workers.length === 0 ? 'no worker is connected' : `${workers.length} workers: ${workers.slice(0, 8).join(', ')}${workers.length > 8 ? ', ...' : ''}`,
    ...(retried > 0 ? [`${retried} put back in line`] : []),
    ...problems.map(({ key, code, message, attempts }) => `  ${key.slice(0, 12)} after ${attempts} tries: ${message} [${code}]`),
    ...warnings.map((warning) => `Note: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

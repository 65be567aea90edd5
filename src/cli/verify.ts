import type { Command } from 'commander';
import { verify, type VerifyReport } from '../index.js';
import { printJson, type Terminal } from './terminal.js';

const EXAMPLES = `
Examples:
  $ vivant verify mona-lisa.mp4
  $ vivant verify downloaded.mp4 --json

Exit codes: 0 disclosed and intact, 1 altered or undisclosed, 2 unreadable.
`;

/** Adds `vivant verify`. */
export function addVerify(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  program
    .command('verify')
    .description('say what a file is: which of the five disclosure layers it carries, and whether it was altered')
    .argument('<file>', 'any video or picture')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: { readonly json?: boolean }) => {
      const report = await verify(file, { signal: terminal.signal });
      if (flags.json) printJson(terminal, report);
      else terminal.out(describe(report));
      finish(report.disclosed && report.intact ? 0 : 1);
    });
}

function describe(report: VerifyReport): string {
  const lines = [`${report.file}: ${report.explanation}`, ''];
  for (const [layer, { status, detail }] of Object.entries(report.layers)) lines.push(`  ${layer.padEnd(10)} ${status.padEnd(12)} ${detail}`);
  const sitter = report.rights?.sitter;
  if (sitter) lines.push('', `  Sitter: ${sitter.subject} (${sitter.basis})${sitter.note ? `, ${sitter.note}` : ''}`);
  if (report.rights?.driver) lines.push(`  Driver: ${report.rights.driver.basis}`);
  for (const { relationship, title } of report.ingredients) lines.push(`  Made from: ${title} (${relationship})`);
  return `${lines.join('\n')}\n`;
}

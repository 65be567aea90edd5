import type { Command } from 'commander';
import { doctor, type DoctorReport } from '../index.js';
import { printJson, type Terminal } from './terminal.js';

/** Adds `vivant doctor`. */
export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('what works on this machine, what was chosen and why, and how to enable a GPU')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExamples:\n  $ vivant doctor\n  $ vivant doctor --json > doctor.json\n')
    .action(async (flags: { readonly json?: boolean }) => {
      const report = await doctor();
      if (flags.json) printJson(terminal, report);
      else terminal.out(describe(report));
    });
}

function describe(report: DoctorReport): string {
  const lines = [
    `${report.tool.name} ${report.tool.version}, Node ${report.node}, ${report.platform}, ${report.cpus} CPUs`,
    '',
    'Backends:',
    ...report.backends.map(({ name, supported, detail }) => `  ${name.padEnd(12)} ${supported ? 'yes' : 'no '}  ${detail}`),
    `  chosen: ${report.chosen === null ? 'none' : `${report.chosen.name}, ${report.chosen.reason}`}`,
    '',
    'Models:',
    ...report.models.map(({ name, status, detail }) => `  ${name}: ${status}. ${detail}`),
    '',
    'Media:',
    ...report.media.map(({ name, path, version, detail }) => `  ${name}: ${version ?? 'missing'}${path === null ? '' : ` (${path})`} ${detail}`),
    '',
    ...report.advice,
  ];
  return `${lines.join('\n')}\n`;
}

import type { Command } from 'commander';
import { doctor, type DoctorReport, linkTensorFlow, type LinkTensorFlowReport } from '../index.js';
import { printJson, type Terminal } from './terminal.js';

interface Flags {
  readonly json?: boolean;
  readonly linkTensorflow?: string;
  readonly force?: boolean;
}

/** Adds `vivant doctor`. */
export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('what works on this machine, what was chosen and why, and how to enable a GPU')
    .option('--link-tensorflow <dir>', "instead: build the installed tfjs-node's native addon against the TensorFlow in this folder (site-packages/tensorflow)")
    .option('--force', 'with --link-tensorflow: replace an addon that is there already')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ vivant doctor
  $ vivant doctor --json > doctor.json
  $ vivant doctor --link-tensorflow ~/venv/lib/python3.11/site-packages/tensorflow
`,
    )
    .action(async (flags: Flags) => {
      if (flags.linkTensorflow !== undefined) {
        const linked = await link(flags.linkTensorflow, flags.force ?? false, terminal);
        if (flags.json) printJson(terminal, linked);
        else terminal.out(describeLink(linked));
        return;
      }
      const report = await doctor();
      if (flags.json) printJson(terminal, report);
      else terminal.out(describe(report));
    });
}

function link(directory: string, force: boolean, terminal: Terminal): Promise<LinkTensorFlowReport> {
  const words = { build: 'Building the native addon (half a minute or more)', try: 'Trying it' } as const;
  return linkTensorFlow(directory, { force, signal: terminal.signal, onProgress: (stage) => terminal.err(`${words[stage]}\n`) });
}

function describeLink({ addon, package: { name, version }, tensorflow, gpu }: LinkTensorFlowReport): string {
  const lines = [
    `${name} ${version} is linked to TensorFlow ${tensorflow.version} in ${tensorflow.path}, which must stay there.`,
    `It computes on ${gpu ? 'a graphics card' : 'the processor'} here. Addon: ${addon}`,
    'Link again after every npm install that replaces the package. `vivant doctor` shows what is chosen.',
  ];
  return `${lines.join('\n')}\n`;
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

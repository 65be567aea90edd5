import type { Command } from 'commander';
import { listModels, type ModelsReport, pullModels } from '../index.js';
import { printJson, type Terminal } from './terminal.js';

/** Adds `vivant models list | pull | verify`. */
export function addModels(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const models = program
    .command('models')
    .description('which models there are, where they come from, and whether they are whole')
    .addHelpText(
      'after',
      `
Examples:
  $ vivant models list
  $ vivant models pull      fetch the official face landmarker bundle into the cache; its SHA-256 is checked
  $ vivant models verify    hash every model; exit 1 when one is not what it should be

Nothing has to be pulled: without the official bundle the same networks are assembled from an npm package.
`,
    );
  const add = (name: string, description: string, example: string, work: () => Promise<ModelsReport>): void => {
    models
      .command(name)
      .description(description)
      .option('--json', 'print the report as JSON')
      .addHelpText('after', `\nExample:\n  $ ${example}\n`)
      .action(async (flags: { readonly json?: boolean }) => {
        const report = await work();
        if (flags.json) printJson(terminal, report);
        else terminal.out(describe(report));
        if (name === 'verify') finish(report.models.some(({ status }) => status === 'corrupt') ? 1 : 0);
      });
  };
  const { signal } = terminal;
  add('list', 'list the models and where they come from', 'vivant models list', () => listModels());
  add('pull', 'fetch the official face landmarker bundle', 'vivant models pull', () => pullModels({ signal }));
  add('verify', 'hash every model and compare', 'vivant models verify', () => listModels());
}

function describe({ models }: ModelsReport): string {
  return models.map(({ name, status, origin, sha256, detail }) => `${name}: ${status}, ${origin}${sha256 === null ? '' : `, sha256 ${sha256}`}\n  ${detail}\n`).join('');
}

import type { Command } from 'commander';
import { type AnimatorOptions, personalize, type PersonalizeOptions, type PersonalizeProgress, type PersonalizeReport, RIGHTS_BASES } from '../index.js';
import { ANIMATOR_SPECS, PERSONALIZE_SPECS } from '../option-specs.js';
import { specFlag, valueFlag } from './flags.js';
import { printJson, type Terminal } from './terminal.js';

interface Flags {
  readonly out?: string;
  readonly rights?: string;
  readonly subject?: string;
  readonly rightsNote?: string;
  readonly steps?: number;
  readonly backend?: AnimatorOptions['backend'];
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  Learn a sitter from eight photos, then animate the first one:
    $ vivant personalize anna-*.jpg --out anna.sitter.vivant --rights consent --subject "Anna Example" --rights-note "form 2026-14"
    $ vivant animate anna-1.jpg --sitter anna.sitter.vivant --driving speaker.mp4 --out anna.mp4 --rights consent --subject "Anna Example"

Ctrl-C keeps what was done: the same command goes on with it. The sitter file holds no photo, but it is made of a person: treat it as one.
`;

/** Adds `vivant personalize`. */
export function addPersonalize(program: Command, terminal: Terminal): void {
  program
    .command('personalize')
    .description("learn a person's eyes from photos, for animate --sitter")
    .argument('<photo...>', '1 to 32 photos of one person, best with different expressions; the first one is the one to be animated')
    .addOption(valueFlag('--out <file>', 'the sitter file to write'))
    .addOption(valueFlag('--rights <basis>', `on what ground a model of this person may be made (${RIGHTS_BASES.join(', ')})`))
    .addOption(valueFlag('--subject <name>', 'whose likeness it is'))
    .addOption(valueFlag('--rights-note <text>', 'evidence: licence, consent form, inventory number'))
    .addOption(specFlag('--steps <n>', 'steps of training at most, 20 to 2000', PERSONALIZE_SPECS.steps))
    .addOption(specFlag('--backend <name>', 'what computes', ANIMATOR_SPECS.backend))
    .option('--force', 'replace an existing file')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (photos: string[], flags: Flags) => {
      const report = await run(photos, flags, terminal);
      if (flags.json) printJson(terminal, report);
      else if (!flags.quiet) terminal.out(summary(report));
    });
}

async function run(photos: string[], flags: Flags, terminal: Terminal): Promise<PersonalizeReport> {
  const { out, rights, subject, rightsNote, json: _json, quiet, ...others } = flags;
  const view = new StageView(terminal, quiet ?? false);
  try {
    // The SDK checks every value, also those that are missing here.
    const options = { ...others, photos, output: out, rights: { basis: rights, subject, ...(rightsNote === undefined ? {} : { note: rightsNote }) } };
    return await personalize({ ...(options as PersonalizeOptions), signal: terminal.signal, onProgress: view.show });
  } finally {
    view.end();
  }
}

const STAGE_WORDS: Readonly<Record<PersonalizeProgress['stage'], string>> = {
  read: 'Reading photos',
  pairs: 'Drawing the photos as each other',
  train: 'Training',
  write: 'Writing',
};
const REDRAW_MS = 200;
const PLAIN_MS = 10_000;

/** Shows progress on standard error: one redrawn line on a terminal, plain lines elsewhere. */
class StageView {
  private stage: PersonalizeProgress['stage'] | undefined;
  private shown = 0;
  private drawn = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly quiet: boolean,
  ) {}

  readonly show = ({ stage, done, of, secondsLeft }: PersonalizeProgress): void => {
    const { interactive, columns } = this.terminal;
    const now = performance.now();
    if (this.quiet || (stage === this.stage && now - this.shown < (interactive ? REDRAW_MS : PLAIN_MS))) return;
    [this.stage, this.shown] = [stage, now];
    const line = `${STAGE_WORDS[stage]}: ${done}/${of}${secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left at most`}`;
    this.terminal.err(interactive ? `\r\u001b[2K${line.slice(0, columns - 1)}` : `${line}\n`);
    this.drawn = interactive;
  };

  end(): void {
    if (this.drawn) this.terminal.err('\r\u001b[2K');
    this.drawn = false;
  }
}

function summary({ output, bytes, photos, refiner, gain, resumedAt, warnings, seconds }: PersonalizeReport): string {
  const { before, after, steps } = gain;
  const lines = [
    `${output}: ${(bytes / 1e6).toFixed(2)} MB, learnt from ${photos} photo${photos === 1 ? '' : 's'} in ${seconds.toFixed(0)} s${resumedAt > 0 ? ` (went on at step ${resumedAt})` : ''}, for ${refiner.name} ${refiner.version}`,
    `  eyes: ${steps === 0 ? 'unchanged' : `error on photos kept aside ${(100 * (1 - after / before)).toFixed(1)} % lower after ${steps} steps`}`,
    ...warnings.map(({ message }) => `Note: ${message}`),
    `Use it: vivant animate <portrait> --sitter ${output} ...`,
  ];
  return `${lines.join('\n')}\n`;
}

import { Command, CommanderError } from 'commander';
import { VivantError } from '../index.js';
import { TOOL } from '../package-info.js';
import { addAnimate } from './animate.js';
import { addCorpus } from './corpus.js';
import { addDoctor } from './doctor.js';
import { asVivantError, EXIT_CODES } from './exit-codes.js';
import { addFaces } from './faces.js';
import { kebab } from './flags.js';
import { addModels } from './models.js';
import { addMotion } from './motion.js';
import { addQueue } from './queue.js';
import { addPersonalize } from './personalize.js';
import { printJson, type Terminal } from './terminal.js';
import { addVerify } from './verify.js';
import { addWorker } from './worker.js';

/** `verify` has one exit code for everything that keeps it from an answer. */
const VERIFY_UNREADABLE = 2;

/** SDK names of options whose flag isn't the same word. */
const FLAG_OF: Readonly<Record<string, string>> = {
  output: 'out',
  portraits: 'portrait',
  photos: 'photo',
  'rights.subject': 'subject',
  'rights.basis': 'rights',
  'rights.note': 'rights-note',
};

/**
 * Runs one command line.
 *
 * @param argv - arguments after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('vivant')
    .description('Bring a single portrait to life, honestly: every result discloses itself.')
    .version(TOOL.version)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options and examples)')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ vivant animate portrait.jpg --driving speaker.mp4 --out talking.mp4 --rights own-likeness --subject "Me"
  $ vivant verify talking.mp4
`,
    );
  addAnimate(program, terminal);
  addPersonalize(program, terminal);
  addVerify(program, terminal, finish);
  addFaces(program, terminal);
  addMotion(program, terminal);
  addModels(program, terminal, finish);
  addDoctor(program, terminal);
  addCorpus(program, terminal, finish);
  addWorker(program, terminal);
  addQueue(program, terminal, finish);
  for (const command of program.commands) inherit(command, program);

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return fail(error, argv, terminal);
  }
}

/** Subcommands take over how errors are shown and thrown. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
}

function fail(thrown: unknown, argv: readonly string[], terminal: Terminal): number {
  const json = argv.includes('--json');
  if (thrown instanceof CommanderError) {
    // Commander has printed the help or the message.
    if (thrown.exitCode === 0) return 0;
    const error = new VivantError('INVALID_OPTION', thrown.message.replace(/^error: /, ''));
    if (json) printJson(terminal, { error: { code: error.code, message: error.message, details: {} } });
    return EXIT_CODES.INVALID_OPTION;
  }
  const error = asVivantError(thrown);
  const message = inFlags(error);
  terminal.err(`vivant: ${message} [${error.code}]\n`);
  if (json) printJson(terminal, { error: { code: error.code, message, details: error.details } });
  if (argv[0] === 'verify' && error.code !== 'ABORTED') return VERIFY_UNREADABLE;
  return EXIT_CODES[error.code];
}

/** The SDK's message with its option names as they are written on the command line. */
function inFlags(error: VivantError): string {
  // Problems of a manifest name its fields, not flags.
  if ((error.code !== 'INVALID_OPTION' && error.code !== 'RIGHTS_REQUIRED') || 'issues' in error.details) return error.message;
  return error.message.replace(/`([a-zA-Z.]+)`/g, (_, name: string) => (name === 'portraits' || name === 'photos' ? `<${FLAG_OF[name]}>` : `--${FLAG_OF[name] ?? kebab(name)}`));
}

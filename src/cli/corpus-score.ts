import type { Command } from 'commander';
import { type BackendPreference, type DetectorDescription, type ScoreCorpusOptions, scoreCorpus, type ScoreProgress, type ScoreReport, VivantError } from '../index.js';
import { valueFlag } from './flags.js';
import { duration } from './progress-view.js';
import { printJson, type Terminal } from './terminal.js';

/** Some clips could not be scored. */
const SOME_FAILED = 8;
/** A line that is redrawn, or written to a log, at most this often, milliseconds. */
const REDRAW_MS = 200;
const PLAIN_MS = 5000;
const SHOWN_FAILURES = 5;

const EXAMPLES = `
Examples:
  $ vivant corpus score corpus --detector antispoof
  $ vivant corpus score corpus --detector my-model.onnx
  $ vivant corpus score corpus --detector-cmd "python score.py --weights model.pt" --name my-detector
  $ vivant corpus score corpus --detector-url http://127.0.0.1:8000/score --input video --name my-server
  The same command again goes on where the last one stopped; a clip is not scored twice.

Detectors, detector files and what a command is asked: docs/detectors.md. A detector's address must be on this machine.
Exit codes: 0 all clips are scored, 8 some failed (the others are scored), the rest as in docs/cli.md.
`;

interface Flags {
  readonly detector?: string;
  readonly detectorCmd?: string;
  readonly detectorUrl?: string;
  readonly name?: string;
  readonly input?: string;
  readonly scores?: string;
  readonly threshold?: number;
  readonly timeout?: number;
  readonly frames?: number;
  readonly split?: string;
  readonly levels?: string;
  readonly backend?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `vivant corpus score`. */
export function addCorpusScore(corpus: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  corpus
    .command('score')
    .description('ask a spoof detector about every clip of a corpus')
    .argument('<corpus>', 'folder of the corpus')
    .addOption(valueFlag('--detector <name|file>', 'antispoof, liveness, an .onnx file or a .json detector file'))
    .addOption(valueFlag('--detector-cmd <command>', 'a command that answers JSON lines'))
    .addOption(valueFlag('--detector-url <url>', 'an endpoint on this machine'))
    .addOption(valueFlag('--name <word>', 'what scores and reports call a command or an endpoint [default: command, endpoint]'))
    .addOption(valueFlag('--input <kind>', 'what a command or an endpoint is asked about (frames, video) [default: frames]'))
    .addOption(valueFlag('--scores <meaning>', 'what a high score of a command or an endpoint means (attack, real) [default: attack]'))
    .addOption(valueFlag('--threshold <score>', 'a command or an endpoint calls it an attack from here on, 0..1 [default: 0.5]', true))
    .addOption(valueFlag('--timeout <seconds>', 'for one answer of a command or an endpoint [default: 60]', true))
    .addOption(valueFlag('--frames <n>', 'frames of each clip that are looked at [default: 16]', true))
    .addOption(valueFlag('--split <name>', 'only this split (train, val, test)'))
    .addOption(valueFlag('--levels <list>', 'only these compression levels, for example raw,c23'))
    .addOption(valueFlag('--backend <name>', 'for the built-in detectors (auto, tensorflow, webgpu, wasm, cpu) [default: auto]'))
    .addOption(valueFlag('--out <file>', 'file of scores [default: scores/<detector>.jsonl in the corpus]'))
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (dir: string, flags: Flags) => {
      const view = new ScoreView(terminal, flags.quiet ?? false);
      const report = await scoreCorpus(dir, { ...optionsOf(flags), signal: terminal.signal, onProgress: view.show }).finally(() => view.end());
      if (flags.json) printJson(terminal, report);
      else terminal.out(summary(report));
      finish(report.failed.length > 0 ? SOME_FAILED : 0);
    });
}

function optionsOf(flags: Flags): ScoreCorpusOptions {
  const { frames, split, levels, backend, out } = flags;
  // Values are checked by the SDK.
  return {
    detector: detectorOf(flags),
    ...(frames === undefined ? {} : { framesPerClip: frames }),
    ...(split === undefined ? {} : { split: split as 'train' }),
    ...(levels === undefined ? {} : { levels: levels.split(',') as 'raw'[] }),
    ...(backend === undefined ? {} : { backend: backend as BackendPreference }),
    ...(out === undefined ? {} : { output: out }),
  };
}

function detectorOf({ detector, detectorCmd, detectorUrl, name, input, scores, threshold, timeout }: Flags): string | DetectorDescription {
  if ([detector, detectorCmd, detectorUrl].filter((given) => given !== undefined).length !== 1) {
    throw new VivantError('INVALID_OPTION', 'Expected one of --detector, --detector-cmd and --detector-url.');
  }
  if (detector !== undefined) {
    const stray = Object.entries({ name, input, scores, threshold, timeout }).find(([, value]) => value !== undefined);
    if (stray !== undefined) throw new VivantError('INVALID_OPTION', `--${stray[0]} is for --detector-cmd and --detector-url; an .onnx or .json detector has it in its file.`);
    return detector;
  }
  const more = {
    ...(input === undefined ? {} : { input: input as 'frames' }),
    ...(scores === undefined ? {} : { scores: scores as 'attack' }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  };
  return detectorCmd === undefined
    ? { type: 'http', name: name ?? 'endpoint', url: detectorUrl!, ...more }
    : { type: 'command', name: name ?? 'command', command: detectorCmd, ...more };
}

function summary({ detector, output, clips, scored, cached, unanswered, failed, seconds }: ScoreReport): string {
  const lines = [`${detector}: ${clips} clips, ${scored} scored now in ${duration(seconds)}, ${cached} known before; ${output}`];
  if (unanswered > 0) lines.push(`  no answer for ${unanswered} of them (no face found, for example)`);
  for (const { id, code, message } of failed.slice(0, SHOWN_FAILURES)) lines.push(`  failed: ${id}: ${message} [${code}]`);
  if (failed.length > SHOWN_FAILURES) lines.push(`  and ${failed.length - SHOWN_FAILURES} more`);
  return `${lines.join('\n')}\n`;
}

/** One redrawn line on a terminal, a line now and then elsewhere. */
class ScoreView {
  private lastShown = -Infinity;
  private drawn = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly quiet: boolean,
  ) {}

  readonly show = ({ done, total, secondsLeft }: ScoreProgress): void => {
    const now = performance.now();
    if (this.quiet || now - this.lastShown < (this.terminal.interactive ? REDRAW_MS : PLAIN_MS)) return;
    this.lastShown = now;
    const line = `${done}/${total} clips${secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`}`;
    this.terminal.err(this.terminal.interactive ? `\r\u001b[2K${line.slice(0, this.terminal.columns - 1)}` : `${line}\n`);
    this.drawn = this.terminal.interactive;
  };

  end(): void {
    if (this.drawn) this.terminal.err('\r\u001b[2K');
    this.drawn = false;
  }
}

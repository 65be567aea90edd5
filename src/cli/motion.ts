import type { Command } from 'commander';
import { extractMotion, loadMotion, type MotionReport, VivantError } from '../index.js';
import { valueFlag } from './flags.js';
import { ProgressView } from './progress-view.js';
import { printJson, type Terminal } from './terminal.js';

interface Flags {
  readonly out?: string;
  readonly inspect?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  Keep a performance without keeping the video:
    $ vivant motion speaker.mp4 --out speaker.motion
  Use it on any portrait:
    $ vivant animate portrait.jpg --driving speaker.motion --out portrait.mp4 ...
  See what a motion file holds:
    $ vivant motion --inspect speaker.motion

A motion file holds movement only: no pixels, no sound, no identity.
`;

/** Adds `vivant motion`. */
export function addMotion(program: Command, terminal: Terminal): void {
  program
    .command('motion')
    .description('save the motion of a video, or inspect a motion file')
    .argument('[video]', 'the video to read')
    .addOption(valueFlag('--out <motion file>', 'where to save the motion'))
    .addOption(valueFlag('--inspect <motion file>', 'the motion file to describe'))
    .option('--force', 'replace an existing file')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (video: string | undefined, flags: Flags) => {
      const report = await run(video, flags, terminal);
      if (flags.json) printJson(terminal, report);
      else if (!flags.quiet || flags.inspect !== undefined) terminal.out(describe(report));
    });
}

async function run(video: string | undefined, flags: Flags, terminal: Terminal): Promise<MotionReport> {
  const { out, inspect } = flags;
  if ((inspect === undefined) === (video === undefined) || (video !== undefined) !== (out !== undefined)) {
    throw new VivantError('INVALID_OPTION', 'Give either a video and --out to save its motion, or --inspect and a motion file.', {
      details: { video, out, inspect },
    });
  }
  if (inspect !== undefined) return (await loadMotion(inspect)).report;
  const view = new ProgressView(terminal, flags.quiet ?? false);
  try {
    return await extractMotion({ driving: video!, output: out!, force: flags.force ?? false, signal: terminal.signal, onProgress: view.show });
  } finally {
    view.end();
  }
}

function describe(report: MotionReport): string {
  const { ranges } = report;
  const span = ({ min, max }: { readonly min: number; readonly max: number }, unit = ''): string => `${min.toFixed(2)} to ${max.toFixed(2)}${unit}`;
  const lines = [
    `${report.file}: ${report.frames} frames, ${report.fps} fps, ${report.durationSeconds.toFixed(2)} s, reference frame ${report.referenceFrame}`,
    `  yaw ${span(ranges.yaw)}, pitch ${span(ranges.pitch)}, roll ${span(ranges.roll, ' degrees')}`,
    `  mouth ${span(ranges.mouth)}, eyes ${span(ranges.eyes)}, gaze ${span(ranges.gaze)}`,
    ...report.gaps.map(({ from, to }) => `  no face in frames ${from} to ${to}`),
    `  driver's rights: ${report.drivingRights.basis}${report.drivingRights.note === undefined ? '' : ` (${report.drivingRights.note})`}; made with ${report.tool.name} ${report.tool.version}`,
  ];
  return `${lines.join('\n')}\n`;
}

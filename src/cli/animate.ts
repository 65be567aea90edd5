import type { Command } from 'commander';
import { createAnimator, type AnimateOptions, type AnimateReport, type AnimatorOptions, RIGHTS_BASES } from '../index.js';
import { ANIMATOR_SPECS, CLIP_SPECS, OUTPUT_SPECS } from '../option-specs.js';
import { specFlag, valueFlag } from './flags.js';
import { ProgressView } from './progress-view.js';
import { printJson, type Terminal } from './terminal.js';

interface Flags extends Omit<AnimateOptions, 'portraits' | 'output' | 'rights'> {
  readonly out?: string;
  readonly rights?: string;
  readonly subject?: string;
  readonly rightsNote?: string;
  readonly backend?: AnimatorOptions['backend'];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  A painting, with a video:
    $ vivant animate mona-lisa.jpg --driving speaker.mp4 --out mona-lisa.mp4 \\
        --rights public-domain --subject "Mona Lisa, Leonardo da Vinci" --driving-rights own-likeness
  Several photos of one sitter; the first one is animated, the others lend teeth and eyes:
    $ vivant animate anna-1.jpg anna-2.jpg --driving speaker.mp4 --out anna.mp4 \\
        --rights consent --subject "Anna Example" --rights-note "form 2026-14"
  An endless loop for an exhibition, without sound:
    $ vivant animate portrait.tif --driving speaker.mp4 --out wall.mp4 --loop --audio none \\
        --rights licensed --subject "Portrait of a lady" --rights-note "inv. 1234"
  One expression from a picture:
    $ vivant animate portrait.jpg --driving smile.jpg --out smiling.png --rights own-likeness --subject "Me"

Every result is labelled as synthetic in five ways and signed; there is no option to leave that out.
Exit codes: docs/cli.md.
`;

/** Adds `vivant animate`. */
export function addAnimate(program: Command, terminal: Terminal): void {
  program
    .command('animate')
    .description('bring a portrait to life with the motion of a video, a picture or a motion file')
    .argument('<portrait...>', 'one or more photos of the sitter, or a painting')
    .addOption(valueFlag('--driving <file>', 'video, picture or motion file whose performance is transferred'))
    .addOption(valueFlag('--out <file>', '.mp4, .mov, .webm, .gif, .png, or name-%04d.png for a sequence'))
    .addOption(valueFlag('--rights <basis>', `on what ground the sitter may be animated (${RIGHTS_BASES.join(', ')})`))
    .addOption(valueFlag('--subject <name>', 'whose likeness it is'))
    .addOption(valueFlag('--rights-note <text>', 'evidence: licence, consent form, inventory number'))
    .addOption(specFlag('--driving-rights <basis>', "the right to use the driver's performance", CLIP_SPECS.drivingRights))
    .addOption(specFlag('--motion <mode>', 'how motion is transferred', CLIP_SPECS.motion))
    .addOption(specFlag('--amplitude <0..2>', 'strength of the motion', CLIP_SPECS.amplitude))
    .addOption(specFlag('--smooth <0..1>', 'smoothing over time', CLIP_SPECS.smooth))
    .addOption(specFlag('--region <region>', 'which part of the face moves', CLIP_SPECS.region))
    .addOption(specFlag('--quality <tier>', 'draft: no network; standard: networks correct mouth and eyes; high: and the shades of the skin', CLIP_SPECS.quality))
    .addOption(specFlag('--size <pixels>', 'longer side of the result, or native; never enlarges', CLIP_SPECS.size))
    .addOption(specFlag('--face <which>', 'face of the portrait: largest, or an index from 0', CLIP_SPECS.face))
    .addOption(specFlag('--driving-face <which>', 'face of the driver: largest, or an index from 0', CLIP_SPECS.drivingFace))
    .option('--no-driver-pixels', "never show the driver's own mouth")
    .addOption(specFlag('--landmarks <file.json>', 'landmark file of the portrait, in place of detection', CLIP_SPECS.landmarks))
    .addOption(specFlag('--sitter <file>', 'what vivant personalize learnt of the same person; implies --quality standard', CLIP_SPECS.sitter))
    .option('--loop', 'start and end on the untouched portrait')
    .addOption(specFlag('--start <s>', 'where to start in the driver, seconds', CLIP_SPECS.start))
    .addOption(specFlag('--end <s>', 'where to stop in the driver, seconds', CLIP_SPECS.end, "the driver's end"))
    .addOption(specFlag('--fps <n>', 'frames a second', CLIP_SPECS.fps, "the driver's"))
    .addOption(specFlag('--audio <what>', 'driving, none or a sound file', OUTPUT_SPECS.audio))
    .option('--compare', 'show driver, portrait and result side by side')
    .addOption(specFlag('--backend <name>', 'what computes', ANIMATOR_SPECS.backend))
    .option('--force', 'replace an existing output')
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (portraits: string[], flags: Flags) => {
      const report = await animate(portraits, flags, terminal);
      if (flags.json) printJson(terminal, report);
      else if (!flags.quiet) terminal.out(summary(report));
    });
}

async function animate(portraits: string[], flags: Flags, terminal: Terminal): Promise<AnimateReport> {
  const { out, rights, subject, rightsNote, backend, json: _json, quiet, ...clip } = flags;
  const view = new ProgressView(terminal, quiet ?? false);
  const animator = createAnimator(backend === undefined ? {} : { backend });
  try {
    // The SDK checks every value, also those that are missing here.
    const options = { ...clip, portraits, output: out, rights: { basis: rights, subject, ...(rightsNote === undefined ? {} : { note: rightsNote }) } };
    return await animator.animate({ ...(options as AnimateOptions), signal: terminal.signal, onProgress: view.show });
  } finally {
    view.end();
    await animator.close();
  }
}

function summary(report: AnimateReport): string {
  const { output, frames, fps, width, height, durationSeconds, quality, refiner, bridged, warnings } = report;
  const lines = [`${output}: ${frames} frame${frames === 1 ? '' : 's'}, ${width}x${height}, ${fps} fps, ${durationSeconds.toFixed(2)} s, ${quality}${refiner === null ? '' : ` (weights ${refiner.version})`}`];
  for (const { from, to } of bridged) lines.push(`The driver's face was not seen in frames ${from} to ${to}; the motion was bridged.`);
  for (const { message } of warnings) lines.push(`Note: ${message}`);
  const layers = Object.entries(report.disclosure).map(([layer, { status }]) => `${layer} ${status}`);
  lines.push(`Disclosure: ${layers.join(', ')}. Check with: vivant verify ${output}`);
  return `${lines.join('\n')}\n`;
}

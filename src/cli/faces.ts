import type { Command } from 'commander';
import { detectFaces } from '../index.js';
import { valueFlag } from './flags.js';
import { printJson, type Terminal } from './terminal.js';

const EXAMPLES = `
Examples:
  Which faces are there, and which index has each one?
    $ vivant faces group-portrait.jpg
  See the mesh drawn over the picture:
    $ vivant faces portrait.jpg --out overlay.png
  Correct the landmarks by hand, then use them:
    $ vivant faces portrait.jpg --out points.json
    $ vivant animate portrait.jpg --landmarks points.json --driving speaker.mp4 --out portrait.mp4 ...

When no face is found, --out points.json writes a template: move its few named points to where they belong.
`;

/** Adds `vivant faces`. */
export function addFaces(program: Command, terminal: Terminal): void {
  program
    .command('faces')
    .description('find the faces of a picture; write them as an overlay or as an editable landmark file')
    .argument('<image>', 'any picture')
    .addOption(valueFlag('--out <file>', 'overlay.png or points.json'))
    .option('--force', 'replace an existing output')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (image: string, flags: { readonly out?: string; readonly force?: boolean; readonly json?: boolean }) => {
      const report = await detectFaces(image, { signal: terminal.signal, force: flags.force ?? false, ...(flags.out === undefined ? {} : { output: flags.out }) });
      if (flags.json) {
        printJson(terminal, report);
        return;
      }
      terminal.out(`${image}: ${report.width}x${report.height}, ${report.faces.length} face${report.faces.length === 1 ? '' : 's'}\n`);
      for (const { index, box, angles, warnings } of report.faces) {
        const place = `${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}x${Math.round(box.height)}`;
        terminal.out(`  ${index}: at ${place}, yaw ${angles.yaw}, pitch ${angles.pitch}, roll ${angles.roll} degrees\n`);
        for (const warning of warnings) terminal.out(`     ${warning.message}\n`);
      }
      if (report.output !== null) terminal.out(`Wrote ${report.output}\n`);
    });
}

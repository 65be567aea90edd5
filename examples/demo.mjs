// npm run demo: the Mona Lisa speaks a sentence. Writes out/mona-lisa.mp4, a contact sheet and what `vivant verify` says.
import { writeFileSync } from 'node:fs';
import { createAnimator, verify, VivantError } from 'tableau-vivant';
import { contactSheet } from './contact-sheet.mjs';
import { out, performer, portrait, rights } from './inputs.mjs';

/** Seconds: rest, vowels, a turn, a blink, the smile. */
const MOMENTS = [0.1, 0.8, 2.5, 3.5, 4, 5.4, 6.4, 7.4];

const output = out('mona-lisa.mp4');
const animator = createAnimator();
let shown = 0;
try {
  console.log('Animating the Mona Lisa with a synthetic performer ...');
  const report = await animator.animate({
    portraits: portrait,
    driving: performer,
    output,
    rights,
    force: true,
    onProgress: ({ stage, frame, frames, fps }) => {
      if (stage !== 'animate' || frame < shown + 50) return;
      shown = frame;
      console.log(`  ${frame} of ${frames ?? '?'} frames, ${fps.toFixed(1)} a second`);
    },
  });
  console.log(`${output}: ${report.width}x${report.height}, ${report.frames} frames, ${report.durationSeconds.toFixed(1)} s, made in ${report.seconds.toFixed(1)} s`);

  const sheet = out('mona-lisa-contact-sheet.png');
  await contactSheet({ driver: performer, result: output, times: MOMENTS, face: report.face.box, output: sheet });
  console.log(`${sheet}: driver above, result below`);

  const checked = await verify(output);
  writeFileSync(out('mona-lisa.verify.json'), `${JSON.stringify(checked, null, 2)}\n`);
  console.log(`${out('mona-lisa.verify.json')}: ${checked.explanation}`);
  if (!checked.disclosed || !checked.intact) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof VivantError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await animator.close();
}

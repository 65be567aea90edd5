// Learn a sitter from photos, then animate one of them with what was learnt. Real use: eight photos and the default steps, a few minutes.
import { createAnimator, personalize } from 'tableau-vivant';
import { fileURLToPath } from 'node:url';
import { out, performer } from './inputs.mjs';

// A rendered person, who is nobody.
const photos = [0, 1, 2, 3].map((k) => fileURLToPath(new URL(`../bench/quality/heads/950002-${k}.jpg`, import.meta.url)));
const rights = { basis: 'research', subject: 'A rendered person' };
const sitter = out('rendered.sitter.vivant');

const learnt = await personalize({
  photos,
  output: sitter,
  rights,
  steps: 20,
  force: true,
  onProgress: ({ stage, done, of }) => {
    if (done === of) console.log(`${stage}: ${done}`);
  },
});
console.log(`${learnt.output}: ${learnt.bytes} bytes from ${learnt.photos} photos in ${learnt.seconds} s; steps that helped: ${learnt.gain.steps}`);
for (const { message } of learnt.warnings) console.log(`Note: ${message}`);

const animator = createAnimator();
try {
  const { output, refiner, personalized } = await animator.animate({
    portraits: photos[0],
    sitter,
    driving: performer,
    output: out('personalized.mp4'),
    rights,
    drivingRights: 'synthetic',
    end: 1,
    force: true,
  });
  console.log(`${output}: drawn by ${refiner.name} ${refiner.version}, which learnt from ${personalized.photos} photos`);
} finally {
  await animator.close();
}

// Fine-tuning on photos of one person, through the SDK.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rounded } from '../../material.mjs';
import { answer, part } from '../row.mjs';

const RIGHTS = { basis: 'research', subject: 'a rendered person' };

await answer(async ({ backend, steps, inputs, scratch }) => {
  const { personalize } = await part('personalize/personalize.js');
  const folder = join(inputs, 'photos');
  const photos = (await readdir(folder)).sort().map((name) => join(folder, name));
  const output = join(scratch, `${backend}.vivant`);
  let done = 0;
  const onProgress = (progress) => {
    if (progress.stage === 'train') done = progress.done;
  };
  const report = await personalize({ photos, output, rights: RIGHTS, steps, backend, force: true, onProgress });
  await rm(output);
  const { stages, gain, seconds } = report;
  return { photos: report.photos, steps: done, gain, seconds, stages, msPerStep: rounded((stages.train.seconds * 1000) / done) };
});

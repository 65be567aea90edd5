// Flags of the command.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SHOTS, TIERS } from './rows.mjs';

export const SETS = ['synthetic', 'real', 'real-no-driver-pixels'];

export const HELP = `npm run bench:quality -- [flags]

  --tiers LIST      rows to measure, of ${TIERS.join(',')} (default: all)
  --sets LIST       of ${SETS.join(',')} (default: all)
  --clips LIST      parts of clip names, for example franck,950006-by (default: all)
  --frames N        only the first N frames of each clip (a look, not a result: written to out/quality/ only)
  --geometry LIST   of product,truth (default: both), see bench/quality/README.md
  --weights DIR     folder with one folder of weights per tier instead of models/ (written to out/quality/ only)
  --no-shots        without the rows of 4 and 8 photos, and without personalized sitters
  --no-personalized without personalized sitters: they take most of the time
  --steps N         personalize with at most N steps
  --no-pictures     without the page of pictures

What is measured replaces the same clips and rows in bench/results/quality.json; everything else stays.`;

/** @throws Error that names the wrong flag */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      tiers: { type: 'string' },
      sets: { type: 'string' },
      clips: { type: 'string' },
      frames: { type: 'string' },
      geometry: { type: 'string' },
      weights: { type: 'string' },
      'no-shots': { type: 'boolean' },
      'no-personalized': { type: 'boolean' },
      steps: { type: 'string' },
      'no-pictures': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const list = (name, allowed) => {
    const items = values[name]?.split(',') ?? allowed;
    const wrong = items.find((item) => !allowed.includes(item));
    if (wrong !== undefined) throw new Error(`Expected --${name} to list some of ${allowed.join(', ')} but received "${wrong}".`);
    return items;
  };
  const frameLimit = values.frames === undefined ? Infinity : Number(values.frames);
  if (!(frameLimit >= 1)) throw new Error(`Expected --frames to be a whole number from 1 but received "${values.frames}".`);
  return {
    tiers: list('tiers', TIERS),
    sets: list('sets', SETS),
    clips: values.clips?.split(',') ?? [''],
    geometry: list('geometry', ['product', 'truth']),
    frameLimit,
    weightsDirectory: values.weights === undefined ? undefined : resolve(values.weights),
    shots: values['no-shots'] ? [] : SHOTS.filter(({ prepare }) => !prepare || !values['no-personalized']),
    steps: values.steps === undefined ? undefined : Number(values.steps),
    pictures: !values['no-pictures'],
    help: values.help ?? false,
  };
}

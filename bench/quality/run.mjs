// Measures what the generators draw against ground truth; see README.md beside this file.
//
//   npm run bench:quality -- --help
//
// Writes bench/results/quality.json and quality.md, and a page with pictures to out/quality/.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { chooseBackend } from '../../dist/backends/choose.js';
import { readTeethAtlas } from '../../dist/animator/teeth.js';
import { startLandmarkWorker } from '../../dist/workers/landmark-client.js';
import { measureClip } from './clip.mjs';
import { markdown } from './markdown.mjs';
import { merge } from './merge.mjs';
import { openIdentity } from './metrics/identity.mjs';
import { HELP, readOptions } from './options.mjs';
import { openPage } from './page.mjs';
import { realClips } from './sets/real.mjs';
import { syntheticClips } from './sets/synthetic.mjs';
import { rounded, summarise } from './summary.mjs';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const OUT = fileURLToPath(new URL('../../out/quality/', import.meta.url));

const options = readOptions(process.argv.slice(2));
if (options.help) console.log(HELP);
else await bench(options);

async function bench({ sets, clips: wanted, geometry, frameLimit, weightsDirectory, pictures, steps, ...plan }) {
  const tools = { weightsDirectory, steps, detector: await startLandmarkWorker(), backend: await chooseBackend('auto'), teeth: await readTeethAtlas() };
  const identity = await openIdentity(tools.backend);
  const look = frameLimit < Infinity || weightsDirectory !== undefined || steps !== undefined;
  const results = look ? { clips: {} } : await earlier();
  const page = pictures ? await openPage(OUT) : undefined;
  const began = performance.now();
  try {
    for (const set of sets) {
      const clips = set === 'synthetic' ? await syntheticClips() : realClips(set === 'real');
      for (const clip of clips.filter(({ name }) => wanted.some((part) => name.includes(part)))) {
        for (const mode of geometry) {
          const show = page && mode === 'product' ? page.clip(set, clip) : undefined;
          const part = await measureClip(clip, { ...plan, geometry: mode, frameLimit, tools, identity, pictures: show?.frame });
          await show?.end();
          merge(results.clips, set, clip, mode, part);
          report(set, clip, mode, part, began);
        }
        await write(results, look ? OUT : RESULTS); // What is measured survives an interruption.
      }
    }
  } finally {
    await page?.close();
    identity.close();
    await Promise.all([tools.detector.close(), tools.backend.close()]);
  }
  console.log(await readFile(`${look ? OUT : RESULTS}quality.md`, 'utf8'));
}

/** What was measured before; rows and clips that aren't measured now stay as they are. */
async function earlier() {
  const text = await readFile(`${RESULTS}quality.json`, 'utf8').catch(() => '{}');
  return { clips: {}, ...JSON.parse(text) };
}

async function write({ clips }, folder) {
  const results = rounded({
    measured: new Date().toISOString(),
    machine: { cpu: os.cpus()[0]?.model ?? 'unknown', platform: `${process.platform}-${process.arch}`, node: process.versions.node },
    sets: Object.fromEntries(Object.entries(clips).map(([set, entries]) => [set, summarise(entries)])),
    clips,
  });
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}quality.json`, `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(`${folder}quality.md`, markdown(results));
}

function report(set, { name }, mode, { rows, frames, skipped }, began) {
  const l1 = Object.entries(rows).map(([tier, { mouth, eyes, face }]) => `${tier} ${[mouth, eyes, face].map((r) => r?.l1.toFixed(4)).join('/')}`);
  console.error(`${Math.round((performance.now() - began) / 1000)} s  ${set} ${name} (${mode}, ${frames} frames, ${skipped} skipped)  L1 mouth/eyes/face: ${l1.join('  ')}`);
}

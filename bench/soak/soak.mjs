// Does memory stay flat over a long clip? Animates one of 200 s on each backend, a process each, and looks at memory and tensors all along.
//
//   npm run bench:soak                                all rows that this machine can run
//   npm run bench:soak -- --rows wasm:draft,cpu:standard
//   npm run bench:soak -- --peers tensorflow=FOLDER,webgpu=FOLDER    projects in which the optional packages are installed
//   npm run bench:soak -- --seconds 20 --store no     a short look
//
// Slow backends take fewer frames a second of the same clip: RATES. Writes bench/results/soak.json and soak.png; rows that are not run
// again keep their results. Tensors are counted in every thread (count-tensors.mjs).
import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chartToPng } from '../../dist/media/chart-png.js';
import { machine, media, rounded, squarePortrait } from '../material.mjs';
import { soakChart } from './chart.mjs';
import { judge } from './judge.mjs';

const ROWS = ['wasm:draft', 'wasm:standard', 'tensorflow:standard', 'webgpu:standard', 'cpu:standard'];
/** Frames a second of the clip, where it isn't the driver's 25; and the side of the square picture, pixels. */
const RATES = { 'webgpu:standard': 2, 'cpu:standard': 2 };
const SIDE = 256;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: ROWS.join(',') }, seconds: { type: 'string', default: '200' }, peers: { type: 'string', default: '' }, store: { type: 'string', default: 'yes' } },
});
const peers = Object.fromEntries(values.peers.split(',').filter(Boolean).map((one) => one.split('=')));
const folder = await mkdtemp(join(os.tmpdir(), 'vivant-soak-'));
try {
  const file = fileURLToPath(new URL('../results/soak.json', import.meta.url));
  const kept = await readFile(file, 'utf8').then((text) => JSON.parse(text).rows, () => []);
  const rows = [];
  for (const name of values.rows.split(',')) {
    const row = await soak(name);
    rows.push(row);
    console.error(words(row));
  }
  const result = { measured: new Date().toISOString(), machine: machine(os.loadavg()[0]), side: SIDE, rows: [...kept.filter((old) => rows.every(({ name }) => name !== old.name)), ...rows] };
  console.log(JSON.stringify({ ...result, rows: result.rows.map(({ samples, ...row }) => ({ ...row, samples: samples?.length })) }, null, 2));
  if (values.store === 'yes') {
    await writeFile(file, `${JSON.stringify(result)}\n`);
    await writeFile(file.replace(/json$/, 'png'), await chartToPng(soakChart(result.rows)));
  }
  if (rows.some(({ flat }) => flat === false)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function soak(name) {
  const [backend, quality] = name.split(':');
  const fps = RATES[name] ?? 25;
  const job = { backend, quality, fps, portrait: await squarePortrait(folder, SIDE), driving: media('franck.mp4'), end: Number(values.seconds), output: join(folder, 'soak.mp4') };
  console.error(`${name}, ${values.seconds} s at ${fps} frames a second ...`);
  const before = os.loadavg()[0];
  const answer = await inChild(job, peers[backend]);
  if (answer.error !== undefined) return { name, fps, missing: answer.error };
  const { samples, report } = answer;
  return { name, fps, device: report.backend, load: rounded(before), clipSeconds: rounded(report.frames / fps), frames: report.frames, seconds: rounded(report.seconds), ...judge(samples), samples };
}

/** A fresh process, in the folder from which optional packages are looked for. */
function inChild(job, cwd = process.cwd()) {
  const script = (path) => fileURLToPath(new URL(path, import.meta.url));
  // Inherited by the threads that the process starts.
  const child = fork(script('animate.mjs'), { cwd, execArgv: ['--import', new URL('count-tensors.mjs', import.meta.url).href], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve) => {
    child.once('message', resolve);
    child.once('exit', (code, signal) => resolve({ error: `the process ended with ${signal ?? code}` }));
    child.send(job);
  });
}

function words(row) {
  if (row.missing !== undefined) return `${row.name}: not run: ${row.missing}`;
  const { name, flat, frames, seconds, memory, heap, tensors } = row;
  return `${name}: ${flat ? 'flat' : 'NOT FLAT'}: ${frames} frames in ${seconds} s; MB outside heaps ${memory.first} -> ${memory.last}, ${memory.perThousandFrames} per 1000 frames; in use inside ${heap.first} -> ${heap.last}; tensors ${tensors.first} -> ${tensors.last}, at most ${tensors.most}`;
}

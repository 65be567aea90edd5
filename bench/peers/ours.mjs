// One of our tiers over a clip through the public SDK, in a process of its own; race.mjs starts it with a job as JSON.
// Prints one line of JSON.
import { pathToFileURL } from 'node:url';
import { RIGHTS, rounded } from '../material.mjs';
import { cpuSeconds } from '../process-tree.mjs';

const { sdk, quality, portrait, driving, end, output, runs, spawned } = JSON.parse(process.argv[2]);
const { createAnimator } = await import(pathToFileURL(sdk).href);
const animator = createAnimator();
const clips = [];
for (let i = 0; i < runs; i++) {
  const [called, before] = [Date.now(), await cpuSeconds()];
  let startupCpu;
  const onProgress = ({ frame }) => {
    if (frame === 1) startupCpu ??= process.cpuUsage();
  };
  const report = await animator.animate({ portraits: [portrait], driving, end, output, quality, force: true, rights: RIGHTS, onProgress });
  const after = await cpuSeconds();
  const { frames, stages, seconds } = report;
  clips.push({
    frames,
    backend: report.backend,
    side: report.width,
    // From the process's start to the first drawn frame; of the first clip only.
    startupSeconds: (called - spawned) / 1000 + report.firstFrameSeconds,
    startupCpuSeconds: (startupCpu.user + startupCpu.system) / 1e6,
    wholeSeconds: (Date.now() - spawned) / 1000,
    wholeCpuSeconds: after.own + after.children,
    msPerFrame: (seconds / frames) * 1000,
    cpuMsPerFrame: ((after.own - before.own + after.children - before.children) / frames) * 1000,
    networkMs: stages.generate.perFrameMs,
    stages: Object.fromEntries(Object.entries(stages).map(([stage, { perFrameMs }]) => [stage, perFrameMs])),
  });
}
await animator.close();
const [cold, ...later] = clips;
const warm = later.length > 0 ? later : clips;
const least = (key) => rounded(Math.min(...warm.map((clip) => clip[key])));
console.log(
  JSON.stringify({
    peer: quality, device: `cpu (${cold.backend})`, frames: cold.frames, side: cold.side,
    startupSeconds: rounded(cold.startupSeconds), startupCpuSeconds: rounded(cold.startupCpuSeconds), wholeSeconds: rounded(cold.wholeSeconds), wholeCpuSeconds: rounded(cold.wholeCpuSeconds),
    msPerFrame: least('msPerFrame'), cpuMsPerFrame: least('cpuMsPerFrame'), networkMs: least('networkMs'),
    firstClipCpuMsPerFrame: rounded(cold.cpuMsPerFrame), stages: warm.at(-1).stages,
  }),
);

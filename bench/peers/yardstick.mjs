// The refiner's networks alone: one mouth and two eyes, over and over, in our tensor backend or in onnxruntime-node.
// race.mjs starts it with a job as JSON; prints one line of JSON.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rounded } from '../material.mjs';
import { cpuSeconds } from '../process-tree.mjs';

const { engine, dist, weights, onnx, threads, frames } = JSON.parse(process.argv[2]);
/** name: regions, rows / 2, cols / 2 */
const SHAPES = { mouth: [1, 32, 48], eye: [2, 24, 32] };
const CHANNELS = 68;
const part = (path) => import(pathToFileURL(join(dist, path)).href);

const { run, name } = await (engine === 'onnx' ? openOnnx() : openOurs());
for (let i = 0; i < 5; i++) await run();
let cpu = Infinity;
let wall = Infinity;
for (let round = 0; round < 5; round++) {
  const [from, before] = [performance.now(), await cpuSeconds()];
  for (let i = 0; i < frames; i++) await run();
  wall = Math.min(wall, (performance.now() - from) / frames);
  cpu = Math.min(cpu, (((await cpuSeconds()).own - before.own) / frames) * 1000);
}
console.log(JSON.stringify({ engine: name, threads, msPerFrame: rounded(wall), cpuMsPerFrame: rounded(cpu) }));
process.exit(0);

function inputs() {
  const noise = (size) => Float32Array.from({ length: size }, () => Math.random());
  return Object.fromEntries(Object.entries(SHAPES).map(([key, [n, h, w]]) => [key, noise(n * h * w * CHANNELS)]));
}

async function openOurs() {
  const [{ chooseBackend }, { openHeads }, { REFINER_REGIONS }] = await Promise.all([part('backends/choose.js'), part('generator/refiner/heads.js'), part('generator/refiner/regions.js')]);
  const backend = await chooseBackend('auto');
  const crop = (network) => REFINER_REGIONS.filter((region) => region.network === network).map(({ rows, cols }) => new Float32Array(rows * cols * 3).fill(0.5));
  const heads = await openHeads(backend, { mouth: crop('mouth'), eye: crop('eye') }, weights ? { directory: weights } : {});
  const crops = inputs();
  return { name: `tfjs ${backend.name}`, run: () => heads.run(crops) };
}

async function openOnnx() {
  const { findPeer } = await part('backends/peer.js');
  const peer = findPeer('onnxruntime-node');
  const { InferenceSession, Tensor } = peer.require('onnxruntime-node');
  const sessions = {};
  for (const key of Object.keys(SHAPES)) sessions[key] = await InferenceSession.create(join(onnx, `${key}.onnx`), { intraOpNumThreads: threads, executionProviders: ['cpu'] });
  const crops = inputs();
  const run = async () => {
    for (const [key, [n, h, w]] of Object.entries(SHAPES)) await sessions[key].run({ x: new Tensor('float32', crops[key], [n, CHANNELS, h, w]) });
  };
  return { name: `onnxruntime-node ${peer.version}`, run };
}

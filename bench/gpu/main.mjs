// Measures what this machine's backends do, row by row, each in a process of its own. run.sh starts it.
//
//   --out FOLDER      gets gpu.md and gpu.json
//   --sides 512,1024,2048   --frames 40   --steps 60   --backends webgpu,wasm,cpu   --minutes 8
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { machine, rounded } from '../material.mjs';
import { plan } from './plan.mjs';
import { ANSWER, file } from './row.mjs';
import { markdown } from './table.mjs';
import { vulkanEnvironment } from './vulkan.mjs';

const numbers = (text) => text.split(',').map(Number);
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    sides: { type: 'string', default: '512,1024,2048' },
    frames: { type: 'string', default: '40' },
    steps: { type: 'string', default: '60' },
    backends: { type: 'string', default: 'tensorflow,webgpu,wasm,cpu' },
    minutes: { type: 'string', default: '8' },
  },
});
const sides = numbers(values.sides);
const deadline = performance.now() + Number(values.minutes) * 60_000;
const scratch = await mkdtemp(join(os.tmpdir(), 'vivant-gpu-'));
try {
  await mkdir(values.out, { recursive: true });
  const vulkan = await vulkanEnvironment(process.env, scratch);
  console.error(`Vulkan: ${vulkan.words}`);
  const report = await measure({ ...process.env, ...vulkan.variables }, vulkan.words);
  console.log(markdown(report));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function measure(env, vulkan) {
  const cards = await promisify(execFile)('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'])
    .then(({ stdout }) => stdout.trim().split('\n').filter(Boolean))
    .catch(() => []);
  const here = { ...machine(os.loadavg()[0]), memoryGB: rounded(os.totalmem() / 1e9, 0), cards, vulkan };
  const probed = await run('probe', {}, 120, env);
  const wanted = values.backends.split(',');
  const described = (probed.result?.backends ?? []).filter(({ name }) => wanted.includes(name)).map((probe) => describe(probe, vulkan));
  const report = { measured: new Date().toISOString(), machine: here, sides, backends: described, chosen: probed.result?.chosen ?? null, rows: [] };
  if (probed.error) report.rows.push({ backend: 'any', id: 'probe', ...probed });
  await save(report);
  const options = { sides, frames: Number(values.frames), steps: Number(values.steps) };
  for (const row of plan(described, options)) {
    const left = (deadline - performance.now()) / 1000;
    const { id, kind, backend, limit, ...job } = row;
    const outcome = left <= 0 ? { error: { code: 'SKIPPED', message: `${values.minutes} minutes were up` } } : await run(kind, { backend, ...job, inputs: file('inputs'), scratch }, Math.min(limit, left + 20), env);
    console.error(`${backend}, ${id}: ${outcome.error ? outcome.error.code : 'done'}, ${outcome.seconds ?? 0} s`);
    report.rows.push({ ...row, ...outcome });
    await save(report);
  }
  return report;
}

function describe({ name, supported, detail, advice }, vulkan) {
  // What is supported and comes with advice is taken by name only: an imitation of a card, or plain JavaScript.
  const slow = supported && advice !== undefined;
  const why = !supported && name === 'webgpu' ? `no Vulkan adapter: ${detail}. ${vulkan}` : detail;
  return { name, supported, slow, software: slow && name === 'webgpu', detail: why };
}

/** So that what was measured is there even if the whole is killed. */
async function save(report) {
  await writeFile(join(values.out, 'gpu.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(values.out, 'gpu.md'), markdown(report));
}

/** One row in a process of its own; never throws. */
function run(kind, job, limit, env) {
  const started = performance.now();
  // The suite lies where its golden files are.
  const script = kind === 'conformance' ? file('tests/conformance/run.mjs') : file(`bench/gpu/rows/${kind}.mjs`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, JSON.stringify(job)], { cwd: file('.'), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-2000)));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit * 1000);
    child.once('error', (error) => resolve({ error: { code: 'START', message: error.message } }));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const seconds = rounded((performance.now() - started) / 1000);
      const line = output.split('\n').find((text) => text.startsWith(ANSWER));
      if (line !== undefined) resolve({ ...JSON.parse(line.slice(ANSWER.length)), seconds });
      else if (late) resolve({ error: { code: 'TIMEOUT', message: `not done after ${rounded(limit, 0)} s`, after: rounded(limit, 0) }, seconds });
      else resolve({ error: { code: 'CRASH', message: `ended with ${signal ?? code}: ${errors.trim().slice(-600)}` }, seconds });
    });
  });
}

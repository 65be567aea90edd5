// Measures what this machine's backends do, row by row, each in a process of its own; and the peers in PyTorch, all in one. run.sh starts it.
//
//   --out FOLDER      gets gpu.md and gpu.json
//   --sides 512,1024,2048   --frames 40   --steps 60   --backends webgpu,pytorch,wasm,cpu   --minutes 8
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

const PYTHON = process.env.PYTHON ?? 'python3';
const PEERS = file('bench/peers/card.py');
const numbers = (text) => text.split(',').map(Number);
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    sides: { type: 'string', default: '512,1024,2048' },
    frames: { type: 'string', default: '40' },
    steps: { type: 'string', default: '60' },
    backends: { type: 'string', default: 'tensorflow,webgpu,pytorch,wasm,cpu' },
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
  if (wanted.includes('pytorch')) described.push(await probePyTorch(env));
  const report = { measured: new Date().toISOString(), machine: here, sides, backends: described, chosen: probed.result?.chosen ?? null, rows: [] };
  if (probed.error) report.rows.push({ backend: 'any', id: 'probe', ...probed });
  await save(report);
  const options = { sides, frames: Number(values.frames), steps: Number(values.steps) };
  for (const row of plan(described, options)) {
    const left = (deadline - performance.now()) / 1000;
    const { id, kind, backend, limit, ...job } = row;
    if (kind === 'pytorch' && left > 0) {
      for (const answered of await pytorch(Math.min(limit, left + 20), env)) report.rows.push({ kind, backend, ...answered });
      await save(report);
      continue;
    }
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

async function probePyTorch(env) {
  const { answers, outcome } = await start(PYTHON, [PEERS, '--probe'], 60, env);
  return { name: 'pytorch', slow: false, software: false, ...(answers[0] ?? { supported: false, detail: outcome.message.split('\n').at(-1) }) };
}

/** Its rows; a row that says why there are no more, if it ended early. */
async function pytorch(limit, env) {
  const { answers, outcome } = await start(PYTHON, [PEERS, '--clip', file('inputs/driver.webp'), '--photo', file('inputs/portrait.jpg')], limit, env);
  // A row answers twice when its network could be measured as a graph.
  const rows = new Map();
  for (const { id, result, ...rest } of answers) rows.set(id, { ...rows.get(id), id, ...rest, ...(result && { result: { ...rows.get(id)?.result, ...result } }) });
  console.error(`pytorch: ${rows.size} rows`);
  return outcome.code === 'DONE' ? [...rows.values()] : [...rows.values(), { id: 'pytorch', error: outcome }];
}

/** So that what was measured is there even if the whole is killed. */
async function save(report) {
  await writeFile(join(values.out, 'gpu.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(values.out, 'gpu.md'), markdown(report));
}

/** One row in a process of its own; never throws. */
async function run(kind, job, limit, env) {
  // The suite lies where its golden files are.
  const script = kind === 'conformance' ? file('tests/conformance/run.mjs') : file(`bench/gpu/rows/${kind}.mjs`);
  const { answers, outcome, seconds } = await start(process.execPath, [script, JSON.stringify(job)], limit, env);
  return answers.length > 0 ? { ...answers[0], seconds } : { error: outcome, seconds };
}

/** What a process answers, and how it ended. */
function start(program, args, limit, env) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: file('.'), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors = (errors + data).slice(-2000)));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit * 1000);
    const end = (outcome) => {
      clearTimeout(timer);
      const lines = output.split('\n').filter((text) => text.startsWith(ANSWER));
      resolve({ answers: lines.map((line) => JSON.parse(line.slice(ANSWER.length))), outcome, seconds: rounded((performance.now() - started) / 1000) });
    };
    child.once('error', (error) => end({ code: 'START', message: error.message }));
    child.once('close', (code, signal) => {
      if (late) end({ code: 'TIMEOUT', message: `not done after ${rounded(limit, 0)} s`, after: rounded(limit, 0) });
      else if (code === 0) end({ code: 'DONE', message: 'ended without an answer' });
      else end({ code: 'CRASH', message: `ended with ${signal ?? code}: ${errors.trim().slice(-600)}` });
    });
  });
}

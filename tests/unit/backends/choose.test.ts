import { chooseBackend, probeBackends } from '#dist/backends/choose.js';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const home = process.cwd();
const choose = JSON.stringify(join(home, 'dist/backends/choose.js'));
let project: string;

/** A user's project, in the working directory of which optional peers are looked for first. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'vivant-backends-'));
  process.chdir(project);
});
afterEach(async () => {
  process.chdir(home);
  await rm(project, { recursive: true, force: true });
});

async function install(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const all = { 'package.json': JSON.stringify({ name, version: '4.22.0', main: 'index.js', type: 'commonjs' }), ...files };
  for (const [file, text] of Object.entries(all)) {
    const path = join(project, 'node_modules', name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** A `webgpu` package that hands out one adapter, and a tfjs backend that must not be loaded. */
async function installAdapter(adapter: object | null): Promise<void> {
  await install('webgpu', { 'index.js': `exports.globals = {}; exports.create = () => ({ requestAdapter: async () => (${JSON.stringify(adapter)}) });` });
  await install('@tensorflow/tfjs-backend-webgpu', { 'index.js': `throw new Error('loaded');` });
  await install('@tensorflow/tfjs-core', { 'index.js': `exports.enableProdMode = () => {};` });
}

async function detailOf(name: string): Promise<string> {
  return (await probeBackends()).find((probe) => probe.name === name)!.detail;
}

describe('auto', () => {
  it('takes wasm on a bare machine and says what spoke against the others', async () => {
    const backend = await chooseBackend('auto');
    expect(backend.choice.name).toBe('wasm');
    expect(backend.choice.tried.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu']);
    expect(backend.choice.tried.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(backend.choice.reason).toContain('WebAssembly');
    await backend.close();
  });

  it('moves on from an addon that is there but does not load', async () => {
    await install('@tensorflow/tfjs-node', { 'index.js': `throw new Error('libtensorflow.so.2: cannot open');`, 'lib/napi-v8/tfjs_binding.node': '' });
    await install('@tensorflow/tfjs-core', { 'index.js': `exports.enableProdMode = () => {};` });
    const backend = await chooseBackend('auto');
    expect(backend.choice.name).toBe('wasm');
    expect(backend.choice.tried[0]).toMatchObject({ name: 'tensorflow', reason: expect.stringContaining('libtensorflow.so.2') as string });
    await backend.close();
    await expect(chooseBackend('tensorflow')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  it('passes a software graphics adapter by', async () => {
    await installAdapter({ info: { vendor: 'google', architecture: 'swiftshader', device: '', description: 'SwiftShader driver', isFallbackAdapter: true } });
    const backend = await chooseBackend('auto');
    expect(backend.choice.name).toBe('wasm');
    expect(backend.choice.tried[1]?.reason).toContain('software adapter');
    await backend.close();
  });

  it('does not look at what is to be passed by', async () => {
    await installAdapter({ info: { vendor: 'nvidia', architecture: 'ampere', device: '', description: 'NVIDIA', isFallbackAdapter: false } });
    const backend = await chooseBackend('auto', ['webgpu']);
    expect(backend.choice.name).toBe('wasm');
    expect(backend.choice.tried.map(({ name }) => name)).toEqual(['tensorflow']);
    await backend.close();
    await expect(chooseBackend('webgpu', ['webgpu'])).rejects.toMatchObject({ message: expect.stringContaining('loaded') as string });
  });

  it('takes a real graphics adapter before wasm', async () => {
    await installAdapter({ info: { vendor: 'nvidia', architecture: 'ampere', device: '', description: 'NVIDIA', isFallbackAdapter: false } });
    const backend = await chooseBackend('auto');
    // The stand-in can't compute, so that it was tried is all that can be seen here.
    expect(backend.choice.tried[1]).toMatchObject({ name: 'webgpu', reason: expect.stringContaining('loaded') as string });
    expect('navigator' in globalThis && 'gpu' in (globalThis as unknown as { navigator: object }).navigator).toBe(false);
    await backend.close();
  });

  it('fails with advice when nothing works', async () => {
    const script = `import(${choose}).then(({ chooseBackend }) => chooseBackend('auto')).catch((error) => console.log(error.code, error.message))`;
    const { stdout } = await run(process.execPath, ['--jitless', '-e', script], { cwd: project });
    expect(stdout).toMatch(/^BACKEND_UNAVAILABLE .*wasm: this Node was started without WebAssembly.*vivant doctor/);
  });
});

describe('by name', () => {
  it('never falls back, and says how to install what is missing', async () => {
    await expect(chooseBackend('tensorflow')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('npm install @tensorflow/tfjs-node') as string });
    await expect(chooseBackend('webgpu')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('npm install webgpu@0.6.2') as string });
  });

  it('does not require a tfjs-node whose addon was never built', async () => {
    await install('@tensorflow/tfjs-node', { 'index.js': `process.env.VIVANT_TEST_REQUIRED = '1'; throw new Error('no addon');` });
    await expect(chooseBackend('tensorflow')).rejects.toMatchObject({ message: expect.stringContaining('without its native addon') as string });
    expect(process.env['VIVANT_TEST_REQUIRED']).toBeUndefined();
  });

  it('leaves two open backends their own operations', async () => {
    const wasm = await chooseBackend('wasm');
    const cpu = await chooseBackend('cpu');
    wasm.activate();
    expect(wasm.tf.getBackend()).toBe('wasm');
    cpu.activate();
    expect(cpu.tf.getBackend()).toBe('cpu');
    await cpu.close();
    wasm.activate();
    expect([...(await wasm.tf.tidy(() => wasm.tf.add(wasm.tf.scalar(1), wasm.tf.scalar(1))).data())]).toEqual([2]);
    await wasm[Symbol.asyncDispose]();
  });

  it('can be started several times at once', async () => {
    const backends = await Promise.all(['wasm', 'cpu', 'wasm', 'cpu'].map((name) => chooseBackend(name as 'wasm' | 'cpu')));
    expect(backends.map(({ choice }) => choice.name)).toEqual(['wasm', 'cpu', 'wasm', 'cpu']);
    for (const backend of backends) await backend.close();
  });
});

describe('the process', () => {
  it('keeps its own crash handling, and a quiet console', async () => {
    const script = `
      const mine = () => {}; process.on('unhandledRejection', mine);
      const { chooseBackend } = await import(${choose});
      for (const name of ['wasm', 'cpu']) {
        const backend = await chooseBackend(name);
        const sum = backend.tf.tidy(() => backend.tf.add(backend.tf.scalar(1), 1));
        await sum.data(); sum.dispose();
        await backend.close();
      }
      console.log(process.listenerCount('uncaughtException'), process.listeners('unhandledRejection').map((one) => one === mine));`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    expect(stdout).toBe('0 [ true ]\n');
    expect(stderr).toBe('');
  });

  it('ends by itself after close', async () => {
    const script = `const { chooseBackend } = await import(${choose}); await (await chooseBackend('auto')).close();`;
    await expect(run(process.execPath, ['--input-type=module', '-e', script], { cwd: project, timeout: 60_000 })).resolves.toMatchObject({ stdout: '' });
  });
});

describe('probeBackends', () => {
  it('names all four in order and never throws', async () => {
    await install('webgpu', { 'index.js': `throw new Error('GLIBCXX_3.4.32 not found');` });
    await install('@tensorflow/tfjs-backend-webgpu', {});
    const probes = await probeBackends();
    expect(probes.map(({ name, supported }) => [name, supported])).toEqual([['tensorflow', false], ['webgpu', false], ['wasm', true], ['cpu', true]]);
    expect(probes.filter(({ supported }) => !supported).every(({ advice }) => advice?.includes('npm install'))).toBe(true);
    expect(await detailOf('webgpu')).toContain('GLIBCXX');
    expect(await detailOf('wasm')).toContain('SIMD');
  });

  it('tells a missing driver from a missing package', async () => {
    expect(await detailOf('webgpu')).toContain('not installed');
    await installAdapter(null);
    expect(await detailOf('webgpu')).toContain('no graphics card');
  });
});

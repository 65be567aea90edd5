import { linkTensorFlow } from '#dist/index.js';
import { bestNapiVersion } from '#dist/backends/link-tensorflow/addon-place.js';
import { buildArguments } from '#dist/backends/link-tensorflow/build-command.js';
import { findCompiler } from '#dist/backends/link-tensorflow/compiler.js';
import { findLibTensorFlow, versionInHeader, versionInNames } from '#dist/backends/link-tensorflow/libtensorflow.js';
import { findNodeHeaders } from '#dist/backends/link-tensorflow/node-headers.js';
import { failureOf, tryAddon } from '#dist/backends/link-tensorflow/try-addon.js';
import { assertLinkable } from '#dist/backends/link-tensorflow/versions.js';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const home = process.cwd();
const environment = process.env['CXX'];
let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'vivant-link-')));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(home);
  if (environment === undefined) delete process.env['CXX'];
  else process.env['CXX'] = environment;
  await rm(folder, { recursive: true, force: true });
});

async function write(path: string, text = ''): Promise<string> {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}

const HEADERS = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h', 'tensorflow/core/platform/ctstring_internal.h'];
const versionHeader = (minor: number): string => `#define TF_MAJOR_VERSION 2\n#define TF_MINOR_VERSION ${minor}\n#define TF_PATCH_VERSION 1\n`;

/** What the command looks at in Python's package: file names, and the version. */
async function writePython({ library = 'libtensorflow_cc.so.2', headers = HEADERS, minor = 18 } = {}): Promise<string> {
  for (const name of ['libtensorflow_framework.so.2', ...(library === '' ? [] : [library])]) await write(`site/tensorflow/${name}`);
  for (const header of headers) await write(`site/tensorflow/include/${header}`);
  await write('site/tensorflow/include/tensorflow/core/public/version.h', versionHeader(minor));
  return join(folder, 'site/tensorflow');
}

async function writePeer(version = '4.22.0', sources = true): Promise<string> {
  const peer = 'node_modules/@tensorflow/tfjs-node';
  await write(`${peer}/package.json`, JSON.stringify({ name: '@tensorflow/tfjs-node', version, binary: { module_path: './lib/napi-v{napi_build_version}', napi_versions: [3, 8] } }));
  if (sources) await write(`${peer}/binding/tfjs_binding.cc`);
  return join(folder, peer);
}

/** A program that stands where the compiler is expected. */
async function writeCompiler(body: string): Promise<void> {
  const path = await write('cxx', `#!/bin/sh\nif [ "$1" = --version ]; then echo "cxx 1.0"; exit 0; fi\n${body}\n`);
  await chmod(path, 0o755);
  process.env['CXX'] = path;
}

describe('finding TensorFlow', () => {
  it("finds Python's package by its own folder and by the one around it", async () => {
    const root = await writePython();
    const expected = {
      libraryFolder: root,
      libraries: [join(root, 'libtensorflow_cc.so.2'), join(root, 'libtensorflow_framework.so.2')],
      includeFolder: join(root, 'include'),
      version: '2.18.1',
    };
    expect(await findLibTensorFlow(root)).toEqual(expected);
    expect(await findLibTensorFlow(dirname(root))).toEqual(expected);
  });

  it('finds the C library', async () => {
    for (const name of ['lib/libtensorflow.so.2', 'lib/libtensorflow_framework.so.2', ...HEADERS.map((header) => `include/${header}`)]) await write(name);
    await write('include/tensorflow/core/public/version.h', versionHeader(15));
    expect(await findLibTensorFlow(folder)).toMatchObject({ libraryFolder: join(folder, 'lib'), version: '2.15.1' });
  });

  it('says what is missing', async () => {
    await expect(findLibTensorFlow(folder)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND', message: expect.stringContaining('libtensorflow_cc.so.2') as string });
    const root = await writePython({ headers: HEADERS.slice(1) });
    await expect(findLibTensorFlow(root)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { problem: 'headers', missing: [HEADERS[0]] } });
  });

  it('names the version of a package that has no C API of its own', async () => {
    const root = await writePython({ library: '', minor: 11 });
    await expect(findLibTensorFlow(root)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { problem: 'version', version: '2.11.1' } });
  });

  it('reads versions from headers, and from what pip notes where headers have none', () => {
    expect(versionInHeader(versionHeader(18))).toBe('2.18.1');
    expect(versionInHeader('#ifndef TF_MAJOR_VERSION\n#error "not defined"\n')).toBeUndefined();
    expect(versionInNames(['tensorflow', 'tensorflow_cpu-2.20.0.dist-info', 'tensorflow_datasets-4.9.10.dist-info'])).toBe('2.20.0');
    expect(versionInNames(['tensorflow-2.21.0rc1.dist-info'])).toBe('2.21.0');
    expect(versionInNames(['tensorflow-2.20.0.dist-info', 'tensorflow_cpu-2.21.0.dist-info'])).toBeUndefined();
    expect(versionInNames(['numpy-2.0.0.dist-info'])).toBeUndefined();
  });

  it('refuses versions that tfjs-node was not written for', () => {
    for (const version of ['2.9.3', '2.18.1', '2.40.0', undefined]) expect(() => assertLinkable(version)).not.toThrow();
    for (const version of ['1.15.0', '2.8.4', '3.0.0']) expect(() => assertLinkable(version)).toThrow(expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', details: expect.objectContaining({ problem: 'version', version }) as object }) as Error);
  });
});

describe('what it is built with', () => {
  it('is one command over both sources, with the libraries by full path', () => {
    const tensorflow = { libraries: ['/tf/a.so.2', '/tf/b.so.2'], libraryFolder: '/tf', includeFolder: '/tf/include' } as const;
    const args = buildArguments({ packageFolder: '/peer', tensorflow, nodeHeaders: '/node', napiVersion: 8, output: '/out.node' });
    const sources = ['/peer/binding/tfjs_backend.cc', '/peer/binding/tfjs_binding.cc'];
    expect(args).toEqual(expect.arrayContaining([...sources, '-shared', '-DNAPI_VERSION=8', '-I/node', '-I/tf/include']));
    // A folder with a comma in its name would fall apart in -Wl,-rpath,<folder>.
    expect(args.slice(args.indexOf('-o'))).toEqual(['-o', '/out.node', '/tf/a.so.2', '/tf/b.so.2', '-Xlinker', '-rpath', '-Xlinker', '/tf']);
  });

  it('takes the Node-API version under which tfjs-node looks', () => {
    expect(bestNapiVersion([3, 4, 5, 6, 7, 8], 9)).toBe(8);
    expect(bestNapiVersion([3, 4, 5, 6, 7, 8], 6)).toBe(6);
  });

  it("finds Node's headers where they are, or says where it looked", async () => {
    const there = dirname(await write('b/node_api.h'));
    expect(findNodeHeaders([join(folder, 'a'), there])).toBe(there);
    expect(() => findNodeHeaders([join(folder, 'a')])).toThrow(expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('node-api-headers') as string }) as Error);
  });

  it('names the compiler that does not start', async () => {
    process.env['CXX'] = join(folder, 'no-such-compiler');
    await expect(findCompiler()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('no-such-compiler') as string, details: { problem: 'compiler' } });
  });

  it('picks the line that names the cause', () => {
    const ended = { status: 1, signal: null, stderr: 'In file included from a.cc:1:\na.h:7:10: fatal error: x.h: No such file or directory\ncompilation terminated.\n' };
    expect(failureOf(ended)).toBe('a.h:7:10: fatal error: x.h: No such file or directory');
    expect(failureOf({ status: null, signal: 'SIGSEGV', stderr: '' })).toContain('SIGSEGV');
  });

  it('reports an addon that is none', async () => {
    expect(await tryAddon(await write('addon.node', 'not a library'))).toMatchObject({ failure: expect.stringContaining('addon.node') as string });
  });
});

describe.skipIf(process.platform !== 'linux')('linking', () => {
  const lib = (peer: string): Promise<string[]> => readdir(join(peer, 'lib')).catch(() => []);

  it('needs the peer, in the right release and with its sources', async () => {
    const root = await writePython();
    await expect(linkTensorFlow(root)).rejects.toMatchObject({ code: 'PEER_MISSING', message: expect.stringContaining('npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts') as string });
    await writePeer('4.21.0');
    await expect(linkTensorFlow(root)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { problem: 'peer', version: '4.21.0' } });
    await rm(await writePeer(), { recursive: true });
    await writePeer('4.22.0', false);
    await expect(linkTensorFlow(root)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { problem: 'peer' } });
  });

  it('leaves nothing when the compiler fails or its result does not load, and keeps what was there', async () => {
    const [root, peer] = [await writePython(), await writePeer()];
    const before = await readdir(peer);
    await writeCompiler('echo "backend.cc:3: error: no such thing" >&2; exit 1');
    await expect(linkTensorFlow(root)).rejects.toMatchObject({ details: { problem: 'build' }, message: expect.stringMatching(/2\.18\.1.*error: no such thing/) as string });
    expect(await readdir(peer)).toEqual(before);

    await write('node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node', 'the old one');
    await expect(linkTensorFlow(root)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    await writeCompiler('while [ "$1" != -o ]; do shift; done; echo "no library" > "$2"');
    await expect(linkTensorFlow(root, { force: true })).rejects.toMatchObject({ details: { problem: 'load' } });
    expect(await readdir(peer)).toEqual([...before, 'lib'].sort());
    expect(await lib(peer)).toEqual(['napi-v8']);
    expect(await readFile(join(peer, 'lib/napi-v8/tfjs_binding.node'), 'utf8')).toBe('the old one');
  });

  it('stops the compiler and all that it started', async () => {
    const [root, peer] = [await writePython(), await writePeer()];
    const controller = new AbortController();
    // The pass that the driver starts writes when it is left running.
    await writeCompiler(`(sleep 3; echo alive > "${folder}/alive") & echo started > "${folder}/started"; wait`);
    const linking = linkTensorFlow(root, { signal: controller.signal });
    const rejected = expect(linking).rejects.toMatchObject({ code: 'ABORTED' });
    while (!(await readdir(folder)).includes('started')) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    await rejected;
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(await readdir(folder)).not.toContain('alive');
    expect(await lib(peer)).toEqual([]);
    expect((await readdir(peer)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

// Packs everything that main.mjs needs into one file for a machine without network, Node and npm: Linux x64, glibc 2.28 or newer.
// Build first. Usage: node bench/gpu/pack.mjs [--out vivant-gpu.tar] [--peers FOLDER]
//
//   --peers   a folder with node_modules/webgpu and node_modules/@tensorflow/tfjs-backend-webgpu; default: npm fetches them
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { packInputs } from './inputs.mjs';

const LIMIT_MB = 64 * 1.048576;
const PEERS = ['webgpu@0.6.2', '@tensorflow/tfjs-backend-webgpu@4.22.0'];
/** Not needed to measure: frames are not encoded and not signed, and the driver is a WebP. */
const LEFT_OUT = ['@contentauth/c2pa-wasm', '@ffmpeg-installer/ffmpeg', '@ffprobe-installer/ffprobe', '@webgpu/types', 'commander', 'node-fetch', 'long'];
/** Of these only what is named; of all others everything but SKIPPED. */
const ONLY = {
  '@mediapipe/face_mesh': /^(package\.json|face_mesh_solution_packed_assets(\.data|_loader\.js))$/,
  '@mediapipe/tasks-vision': /^(package\.json|vision_bundle\.(cjs|mjs)|(wasm\/)?vision_wasm_internal\.(js|wasm))$/,
  '@tensorflow/tfjs-backend-cpu': /^(package\.json|dist\/tf-backend-cpu\.node\.js)$/,
  '@tensorflow/tfjs-backend-wasm': /^(package\.json|dist\/(tf-backend-wasm\.node\.js|.*\.wasm)|wasm-out\/.*)$/,
  '@tensorflow/tfjs-backend-webgpu': /^(package\.json|dist\/tf-backend-webgpu\.node\.js)$/,
  '@tensorflow/tfjs-core': /^(package\.json|dist\/tf-core\.node\.js)$/,
  'fluent-ffmpeg': /^(package\.json|index\.js|lib\/.*)$/,
  webgpu: /^(package\.json|index\.js|LICENSE.*|dist\/linux-x64\/.*)$/,
};
const SKIPPED = /\.(map|ts|mts|cts|md|markdown)$|(^|\/)(test|tests|docs|src\/.*\.cc)(\/|$)/;
/** Used only on machines that lack them. */
const LIBRARIES = ['libstdc++.so.6', 'libgcc_s.so.1', 'libvulkan.so.1', 'libGLdispatch.so.0', 'libEGL.so.1', 'libGLX.so.0', 'libX11.so.6', 'libXext.so.6', 'libxcb.so.1', 'libXau.so.6', 'libXdmcp.so.6', 'libbsd.so.0', 'libmd.so.0'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: 'out/vivant-gpu.tar' }, peers: { type: 'string' } } });
const out = resolve(values.out);
const work = mkdtempSync(join(os.tmpdir(), 'vivant-gpu-pack-'));
const app = join(work, 'app');
const sizes = [];
try {
  const peers = values.peers === undefined ? fetchPeers() : resolve(values.peers);
  copyNode();
  copyPackage();
  for (const [name, folder] of packagesToCopy(peers)) copyFiltered(folder, join(app, 'node_modules', name), (path) => (ONLY[name] ?? { test: (file) => !SKIPPED.test(file) }).test(path));
  copyLibraries();
  await bundleConformance();
  await packInputs(root, join(app, 'inputs'));
  writeTar();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function fetchPeers() {
  const folder = join(work, 'peers');
  mkdirSync(folder);
  execFileSync('npm', ['install', '--prefix', folder, '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...PEERS], { stdio: 'inherit' });
  return folder;
}

function copyNode() {
  mkdirSync(join(app, 'bin'), { recursive: true });
  const target = join(app, 'bin', 'node');
  copyFileSync(process.execPath, target);
  try {
    execFileSync('strip', ['-s', target]);
  } catch {
    console.error('Node is packed with its symbols: there is no strip here.');
  }
}

function copyPackage() {
  const copy = (path, filter) => copyFiltered(join(root, path), join(app, path), filter);
  copy('dist', (path) => path.endsWith('.js'));
  copy('assets');
  for (const tier of ['standard', 'high'].filter((name) => existsSync(join(root, 'models', name)))) copy(join('models', tier));
  copy('bench/gpu', (path) => /^(rows\/)?[\w-]+\.mjs$/.test(path) && !['pack.mjs', 'inputs.mjs'].includes(path));
  copy('bench/peers', (path) => /^(networks\/\w+|card|peer)\.py$/.test(path));
  copy('training', (path) => path === 'model.py');
  copyFileSync(join(root, 'bench/material.mjs'), join(app, 'bench/material.mjs'));
  copy('tests/golden', (path) => !path.endsWith('.ts'));
  for (const file of ['package.json', 'LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(app, file));
}

/** `[name, folder]` of what the package needs while it measures, and what that needs. */
function packagesToCopy(peers) {
  const found = new Map();
  const places = [join(root, 'node_modules'), join(peers, 'node_modules')];
  const add = (name, from) => {
    if (found.has(name) || LEFT_OUT.includes(name)) return;
    const folder = [...from, ...places].map((place) => join(place, name)).find((place) => existsSync(join(place, 'package.json')));
    if (folder === undefined) return; // optional, for another platform
    found.set(name, folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, [join(folder, 'node_modules')]);
  };
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), ...PEERS.map((peer) => peer.slice(0, peer.lastIndexOf('@')))]) add(name, []);
  for (const peer of PEERS) if (!found.has(peer.slice(0, peer.lastIndexOf('@')))) throw new Error(`Expected ${peer} in ${peers}.`);
  return found;
}

function copyFiltered(from, to, filter = () => true) {
  const path = (file) => relative(from, file).split(sep).join('/');
  cpSync(from, to, { recursive: true, dereference: true, filter: (file) => statSync(file).isDirectory() ? !(path(file).split('/').includes('node_modules')) : filter(path(file)) });
}

function copyLibraries() {
  const folder = join(app, 'lib');
  mkdirSync(folder);
  const known = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).split('\n');
  for (const name of LIBRARIES) {
    const found = known.find((line) => line.trim().startsWith(`${name} `) && line.includes('x86-64'))?.split(' => ')[1];
    if (found !== undefined) copyFileSync(realpathSync(found), join(folder, name));
  }
}

/** The suite is TypeScript for vitest; here it becomes one script that needs neither. */
async function bundleConformance() {
  await build({
    configFile: false, root, logLevel: 'error', ssr: { noExternal: true }, resolve: { alias: { vitest: join(root, 'bench/gpu/vitest-here.mjs') } },
    build: {
      ssr: join(root, 'bench/gpu/rows/conformance.mjs'), outDir: join(app, 'tests/conformance'), emptyOutDir: false, target: 'node20',
      rollupOptions: { external: [/^#dist/, /^@tensorflow/, 'sharp'], output: { entryFileNames: 'run.mjs', inlineDynamicImports: true } },
    },
  });
}

function writeTar() {
  for (const name of ['bin', 'node_modules', 'dist', 'models', 'inputs', 'lib']) sizes.push(`${name} ${megabytes(Number(execFileSync('du', ['-sb', join(app, name)], { encoding: 'utf8' }).split('\t')[0]))}`);
  copyFileSync(join(root, 'bench/gpu/run.sh'), join(work, 'run.sh'));
  // Machine code packs better when jumps are made absolute first.
  execFileSync('tar', ['-C', work, '--sort=name', '--owner=0', '--group=0', '-I', 'xz --x86 --lzma2=preset=6', '-cf', join(work, 'app.tar.xz'), 'app']);
  mkdirSync(dirname(out), { recursive: true });
  execFileSync('tar', ['-C', work, '--owner=0', '--group=0', '-cf', out, 'run.sh', 'app.tar.xz']);
  const bytes = statSync(out).size;
  console.log(`${out}: ${megabytes(bytes)} (unpacked: ${sizes.join(', ')})`);
  if (bytes / 1e6 > LIMIT_MB) throw new Error(`Expected at most ${LIMIT_MB.toFixed(1)} MB.`);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

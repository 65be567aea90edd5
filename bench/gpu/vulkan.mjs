// Where this machine keeps its Vulkan drivers, and what a container that forgot to say so needs.
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the Vulkan loader looks by itself. */
const STANDARD = ['/etc/vulkan/icd.d', '/usr/local/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'];
/** Where container hosts put NVIDIA's driver. */
const ELSEWHERE = ['/usr/local/nvidia/share/vulkan/icd.d', '/usr/local/nvidia/vulkan/icd.d', '/run/opengl-driver/share/vulkan/icd.d'];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/nvidia/lib64', '/usr/lib/wsl/lib', '/run/opengl-driver/lib'];
const NVIDIA = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'];

/**
 * @param scratch - folder for a driver file of our own, when the driver lies there without one
 * @returns `variables` to add to the environment, and in `words` what was found
 */
export async function vulkanEnvironment(env, scratch) {
  const found = { standard: (await Promise.all(STANDARD.map(drivers))).flat(), elsewhere: (await Promise.all(ELSEWHERE.map(drivers))).flat(), libraries: await nvidiaLibraries() };
  const { variables, own, words } = choose(env, found);
  if (own.length === 0) return { variables, words };
  const files = own.map((_, k) => join(scratch, `nvidia-${k}.json`));
  await Promise.all(own.map((library, k) => writeFile(files[k], JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.0' } }))));
  return { variables: { ...variables, VK_DRIVER_FILES: [...found.standard, ...files].join(':') }, words };
}

/** The decision, without the disk. `own`: libraries that a driver file has to be written for. */
export function choose(env, { standard, elsewhere, libraries }) {
  const named = env.VK_DRIVER_FILES ?? env.VK_ICD_FILENAMES;
  if (named !== undefined) return { variables: {}, own: [], words: `drivers named by the environment: ${named}` };
  const isNvidia = (path) => /nvidia/i.test(path);
  if (standard.some(isNvidia)) return { variables: {}, own: [], words: `drivers: ${standard.join(', ')}` };
  const folders = [...new Set([env.LD_LIBRARY_PATH, ...libraries.map((path) => path.slice(0, path.lastIndexOf('/')))])].filter(Boolean);
  const paths = libraries.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(':') };
  if (elsewhere.length > 0) return { variables: { ...paths, VK_DRIVER_FILES: [...standard, ...elsewhere].join(':') }, own: [], words: `drivers: ${[...standard, ...elsewhere].join(', ')}` };
  if (libraries.length > 0) return { variables: paths, own: libraries, words: `no driver file, but ${libraries.join(', ')}` };
  return { variables: {}, own: [], words: standard.length === 0 ? 'no driver file and no NVIDIA library were found' : `drivers: ${standard.join(', ')}` };
}

async function drivers(folder) {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
}

async function nvidiaLibraries() {
  const paths = LIBRARIES.flatMap((folder) => NVIDIA.map((name) => join(folder, name)));
  const there = await Promise.all(paths.map((path) => stat(path).then(() => true, () => false)));
  return paths.filter((_, i) => there[i]);
}

import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { wrongVersion } from './versions.js';

/** A TensorFlow to build against, as it lies on the disk. */
export interface LibTensorFlow {
  /** The folder with the libraries, absolute. The addon looks for them there at run time. */
  readonly libraryFolder: string;
  /** The two shared libraries, absolute: the C API, then the framework. */
  readonly libraries: readonly [string, string];
  /** What `#include "tensorflow/c/c_api.h"` is relative to, absolute. */
  readonly includeFolder: string;
  /** `2.18.1`; undefined where nothing says it. The addon asks the library itself once it runs. */
  readonly version: string | undefined;
}

/** How TensorFlow is shipped: inside Python's package, and as the C library. */
const LAYOUTS = [
  { folder: '', api: 'libtensorflow_cc.so.2', include: 'include' },
  { folder: 'lib', api: 'libtensorflow.so.2', include: 'include' },
] as const;
const FRAMEWORK = 'libtensorflow_framework.so.2';
/** What the addon includes. */
const NEEDED_HEADERS = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h', 'tensorflow/core/platform/ctstring_internal.h'];
/** Up to TensorFlow 2.19 it holds the version. */
const VERSION_HEADER = 'tensorflow/core/public/version.h';

/**
 * Finds libraries and headers in the folder of an installed Python package (`site-packages/tensorflow`, or the `site-packages` around it)
 * or of an unpacked C library (`lib/` and `include/`).
 *
 * @throws VivantError `INPUT_NOT_FOUND` when there are none; `BACKEND_UNAVAILABLE` with `details.problem` `'headers'` when libraries are there
 * without the headers, `'version'` for Python packages that have no C API of their own (up to 2.11).
 */
export async function findLibTensorFlow(directory: string): Promise<LibTensorFlow> {
  for (const root of [directory, join(directory, 'tensorflow')]) {
    for (const { folder, api, include } of LAYOUTS) {
      const libraries = [join(root, folder, api), join(root, folder, FRAMEWORK)] as const;
      if (libraries.every((path) => existsSync(path))) return withHeaders(await realpath(root), folder, api, include);
    }
    if (existsSync(join(root, FRAMEWORK))) throw wrongVersion((await readVersion(root)) ?? 'one', `Its package has no ${LAYOUTS[0].api}.`);
  }
  throw new VivantError(
    'INPUT_NOT_FOUND',
    `Expected a TensorFlow in ${directory} but found neither ${LAYOUTS[0].api} nor lib/${LAYOUTS[1].api} with ${FRAMEWORK} beside it. ` +
      'Name the folder that Python prints: python3 -c "import importlib.util as u; print(u.find_spec(\'tensorflow\').submodule_search_locations[0])"',
    { details: { path: directory } },
  );
}

async function withHeaders(root: string, folder: string, api: string, include: string): Promise<LibTensorFlow> {
  const libraryFolder = join(root, folder);
  const includeFolder = join(root, include);
  const missing = NEEDED_HEADERS.filter((header) => !existsSync(join(includeFolder, header)));
  if (missing.length > 0) {
    throw new VivantError(
      'BACKEND_UNAVAILABLE',
      `Expected TensorFlow's headers in ${includeFolder} but ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing. ` +
        'Python packages carry them; install tensorflow or tensorflow-cpu again, without leaving files out.',
      { details: { backend: 'tensorflow', problem: 'headers', path: includeFolder, missing } },
    );
  }
  return { libraryFolder, libraries: [join(libraryFolder, api), join(libraryFolder, FRAMEWORK)], includeFolder, version: await readVersion(root) };
}

/** Of the headers, else of the folder in which pip notes what it has installed (`tensorflow_cpu-2.20.0.dist-info`). */
export async function readVersion(root: string): Promise<string | undefined> {
  const header = await readFile(join(root, 'include', VERSION_HEADER), 'utf8').catch(() => '');
  return versionInHeader(header) ?? versionInNames(await readdir(dirname(root)).catch(() => []));
}

/** `2.18.1` of `#define TF_MAJOR_VERSION 2` and its siblings; undefined when one is missing. */
export function versionInHeader(header: string): string | undefined {
  const numbers = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`^#define TF_${part}_VERSION (\\d+)`, 'm').exec(header)?.[1]);
  return numbers.includes(undefined) ? undefined : numbers.join('.');
}

/** Undefined also where several builds are noted side by side: any of them may be the one on the disk. */
export function versionInNames(names: readonly string[]): string | undefined {
  const versions = new Set(names.flatMap((name) => /^tensorflow(?:_(?:cpu|gpu|rocm|intel|cpu_aws))?-(\d+\.\d+\.\d+)\S*\.dist-info$/.exec(name)?.[1] ?? []));
  return versions.size === 1 ? [...versions][0] : undefined;
}

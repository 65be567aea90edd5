import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';

/** A TensorFlow to build against, as it lies on the disk. */
export interface LibTensorFlow {
  /** The folder with the libraries, absolute. The addon looks for them there at run time. */
  readonly libraryFolder: string;
  /** The two shared libraries, absolute: the C API, then the framework. */
  readonly libraries: readonly [string, string];
  /** What `#include "tensorflow/c/c_api.h"` is relative to, absolute. */
  readonly includeFolder: string;
  /** `2.18.1`, of the headers. */
  readonly version: string;
}

/** How TensorFlow is shipped: inside Python's package, and as the C library. */
const LAYOUTS = [
  { folder: '', api: 'libtensorflow_cc.so.2', include: 'include' },
  { folder: 'lib', api: 'libtensorflow.so.2', include: 'include' },
] as const;
const FRAMEWORK = 'libtensorflow_framework.so.2';
/** What the addon includes. */
const NEEDED_HEADERS = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h', 'tensorflow/core/platform/ctstring_internal.h'];
/** Where versions are written; TensorFlow 2.20 moved them. */
const VERSION_HEADERS = ['tensorflow/core/public/release_version.h', 'tensorflow/core/public/version.h'];

/**
 * Finds libraries and headers in the folder of an installed Python package (`site-packages/tensorflow`, or the `site-packages` around it)
 * or of an unpacked C library (`lib/` and `include/`).
 *
 * @throws VivantError `INPUT_NOT_FOUND` when there are none; `BACKEND_UNAVAILABLE` with `details.problem` `'headers'` when libraries are there
 * without the headers.
 */
export async function findLibTensorFlow(directory: string): Promise<LibTensorFlow> {
  for (const root of [directory, join(directory, 'tensorflow')]) {
    for (const { folder, api, include } of LAYOUTS) {
      const libraries = [join(root, folder, api), join(root, folder, FRAMEWORK)] as const;
      if (libraries.every((path) => existsSync(path))) return withHeaders(await realpath(root), folder, api, include);
    }
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
  const version = await readVersion(includeFolder);
  if (missing.length > 0 || version === undefined) {
    throw new VivantError(
      'BACKEND_UNAVAILABLE',
      `Expected TensorFlow's headers in ${includeFolder} but ${missing.length > 0 ? `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing` : 'none of them says its version'}. ` +
        'Python packages carry them; install tensorflow or tensorflow-cpu again, without leaving files out.',
      { details: { backend: 'tensorflow', problem: 'headers', path: includeFolder, missing } },
    );
  }
  return { libraryFolder, libraries: [join(libraryFolder, api), join(libraryFolder, FRAMEWORK)], includeFolder, version };
}

async function readVersion(includeFolder: string): Promise<string | undefined> {
  for (const header of VERSION_HEADERS) {
    const version = versionIn(await readFile(join(includeFolder, header), 'utf8').catch(() => ''));
    if (version !== undefined) return version;
  }
  return undefined;
}

/** `2.18.1` of `#define TF_MAJOR_VERSION 2` and its siblings; undefined when one is missing. */
export function versionIn(header: string): string | undefined {
  const numbers = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`^#define TF_${part}_VERSION (\\d+)`, 'm').exec(header)?.[1]);
  return numbers.includes(undefined) ? undefined : numbers.join('.');
}

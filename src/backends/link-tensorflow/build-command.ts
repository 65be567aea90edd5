import { join } from 'node:path';
import type { LibTensorFlow } from './libtensorflow.js';

/** What the compiler works on. */
export interface BuildInputs {
  /** Folder of the tfjs-node package. */
  readonly packageFolder: string;
  readonly tensorflow: Pick<LibTensorFlow, 'libraries' | 'libraryFolder' | 'includeFolder'>;
  /** The folder with `node_api.h`. */
  readonly nodeHeaders: string;
  readonly napiVersion: number;
  /** The addon to write. */
  readonly output: string;
}

/**
 * Arguments for g++ or clang++ on Linux: the addon's two sources into one shared object.
 *
 * The libraries stay where they are and are named by their full path, so that they need no `lib` link of their own. An undefined symbol
 * ends the build, not the first use.
 */
export function buildArguments({ packageFolder, tensorflow, nodeHeaders, napiVersion, output }: BuildInputs): string[] {
  const { libraries, libraryFolder, includeFolder } = tensorflow;
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${napiVersion}`],
    ...[`-I${nodeHeaders}`, `-I${includeFolder}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(packageFolder, 'binding', source)),
    ...['-o', output, ...libraries, '-Xlinker', '-rpath', '-Xlinker', libraryFolder],
  ];
}

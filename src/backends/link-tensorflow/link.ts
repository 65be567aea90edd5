import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VivantError } from '../../core/errors.js';
import { LINK_RECORD, type LinkRecord } from '../tfjs-node.js';
import { findAddonPlace, type AddonPlace } from './addon-place.js';
import { buildArguments } from './build-command.js';
import { findCompiler, type Compiler } from './compiler.js';
import { findLibTensorFlow, type LibTensorFlow } from './libtensorflow.js';
import { findNodeHeaders } from './node-headers.js';
import { runProgram } from './run-program.js';
import { failureOf, tryAddon } from './try-addon.js';
import { assertLinkable } from './versions.js';

/** How `linkTensorFlow` works. @public */
export interface LinkTensorFlowOptions {
  /** Replace an addon that is there already. Default: false. */
  readonly force?: boolean;
  /** Stops the compiler; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Told what begins: `build` (half a minute or more), then `try`. */
  readonly onProgress?: (stage: 'build' | 'try') => void;
}

/** What `linkTensorFlow` has done. @public */
export interface LinkTensorFlowReport {
  /** The addon that was written. */
  readonly addon: string;
  /** The package that it belongs to. */
  readonly package: { readonly name: string; readonly version: string };
  /** The library behind it, as it names itself, and the folder it stays in. */
  readonly tensorflow: { readonly version: string; readonly path: string };
  /** First line of the compiler's `--version`. */
  readonly compiler: string;
  /** Whether it computes on a graphics card here. */
  readonly gpu: boolean;
}

/**
 * Builds the native addon of the installed `@tensorflow/tfjs-node(-gpu)` 4.22.0 from its sources against a TensorFlow that is on this
 * machine already, and puts it where tfjs-node looks for it. Linux only. The library is not copied: it must stay where it is.
 *
 * The addon is built beside its place, tried in a process of its own, and only then moved there; until then nothing is changed.
 *
 * @param directory - `site-packages/tensorflow` of a Python with `tensorflow` or `tensorflow-cpu`, or an unpacked C library.
 * @throws VivantError `INPUT_NOT_FOUND` no TensorFlow there; `PEER_MISSING` no tfjs-node; `OUTPUT_EXISTS` an addon is there and `force` isn't
 * set; `OUTPUT_UNWRITABLE`; `ABORTED`; `BACKEND_UNAVAILABLE` with `details.problem`: `platform`, `peer` (another release of tfjs-node),
 * `headers`, `version` (of TensorFlow), `compiler`, `build` or `load` (with `details.output`).
 * @public
 */
export async function linkTensorFlow(directory: string, { force = false, signal, onProgress }: LinkTensorFlowOptions = {}): Promise<LinkTensorFlowReport> {
  if (process.platform !== 'linux') throw unavailable('platform', `Expected Linux, where an addon can be built against Python's TensorFlow, but this is ${process.platform}.`);
  const place = findAddonPlace();
  const tensorflow = await findLibTensorFlow(directory);
  assertLinkable(tensorflow.version);
  if (!force && existsSync(place.addon)) {
    throw new VivantError('OUTPUT_EXISTS', `${place.addon} exists already. Replace it with \`force\`; the new one is tried first.`, { details: { path: place.addon } });
  }
  const nodeHeaders = findNodeHeaders();
  const compiler = await findCompiler(signal);

  const workshop = await openWorkshop(place);
  try {
    const output = join(workshop, 'addon.node');
    onProgress?.('build');
    await build(compiler, buildArguments({ packageFolder: place.peer.directory, tensorflow, nodeHeaders, napiVersion: place.napiVersion, output }), tensorflow, signal);
    onProgress?.('try');
    const tried = await tryAddon(output, signal);
    if ('failure' in tried) {
      throw unavailable('load', `The addon was built against TensorFlow ${tensorflow.version ?? 'of an unknown version'} (${tensorflow.libraryFolder}) but does not work: ${tried.failure}`, { output: tried.output });
    }
    await install(place, workshop, { tensorflow: tried.version, libraries: tensorflow.libraryFolder });
    return {
      addon: place.addon,
      package: { name: place.name, version: place.peer.version },
      tensorflow: { version: tried.version, path: tensorflow.libraryFolder },
      compiler: compiler.version,
      gpu: tried.gpu,
    };
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function build(compiler: Compiler, args: readonly string[], { version, libraryFolder }: LibTensorFlow, signal: AbortSignal | undefined): Promise<void> {
  const ended = await runProgram(compiler.program, args, signal);
  if (ended.status === 0) return;
  throw unavailable('build', `${compiler.program} could not build the addon against TensorFlow ${version ?? 'of an unknown version'} (${libraryFolder}): ${failureOf(ended)}`, {
    command: [compiler.program, ...args],
    output: ended.stderr,
  });
}

const WORKSHOP = '.vivant-link-';

/** A folder in the package, so that the finished addon can be renamed into its place; what killed runs left there goes. */
async function openWorkshop({ peer: { directory } }: AddonPlace): Promise<string> {
  try {
    for (const name of await readdir(directory)) {
      const pid = name.startsWith(WORKSHOP) ? Number.parseInt(name.slice(WORKSHOP.length), 10) : process.pid;
      if (pid !== process.pid && !isAlive(pid)) await rm(join(directory, name), { recursive: true, force: true });
    }
    return await mkdtemp(join(directory, `${WORKSHOP}${process.pid}-`));
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

async function install({ folder, addon }: AddonPlace, workshop: string, record: LinkRecord): Promise<void> {
  try {
    await writeFile(join(workshop, LINK_RECORD), `${JSON.stringify(record, null, 2)}\n`);
    await mkdir(folder, { recursive: true });
    await rename(join(workshop, 'addon.node'), addon);
    await rename(join(workshop, LINK_RECORD), join(folder, LINK_RECORD));
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unavailable(problem: string, message: string, details: Readonly<Record<string, unknown>> = {}): VivantError {
  return new VivantError('BACKEND_UNAVAILABLE', message, { details: { backend: 'tensorflow', problem, ...details } });
}

function unwritable(path: string, cause: unknown): VivantError {
  return new VivantError('OUTPUT_UNWRITABLE', `Expected to write into ${path} but could not: ${String(cause)}`, { details: { path }, cause });
}

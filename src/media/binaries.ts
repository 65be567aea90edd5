// Which ffmpeg and ffprobe run: FFMPEG_PATH / FFPROBE_PATH, else the system's from version 5 on, else the npm builds.
// Used through ffmpeg.ts only.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { VivantError } from '../core/errors.js';

/** One of the two programs. */
export interface MediaTool {
  readonly path: string;
  /** As the program prints it, for example `5.1.9-0+deb12u1` or `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  /** `environment`: FFMPEG_PATH or FFPROBE_PATH; `system`: on PATH; `npm`: the installer packages. */
  readonly origin: 'environment' | 'system' | 'npm';
}

export interface MediaTools {
  readonly ffmpeg: MediaTool;
  readonly ffprobe: MediaTool;
}

type ToolName = keyof MediaTools;

const ENVIRONMENT = { ffmpeg: 'FFMPEG_PATH', ffprobe: 'FFPROBE_PATH' } as const;
const PACKAGES = { ffmpeg: '@ffmpeg-installer/ffmpeg', ffprobe: '@ffprobe-installer/ffprobe' } as const;
/** Older system builds are passed over: the npm builds are known and tested. */
const MIN_SYSTEM_MAJOR = 5;

const chosen = new Map<string, Promise<MediaTool>>();

/**
 * The ffmpeg and ffprobe that this process uses. Looked up once for each setting of the environment.
 *
 * @throws VivantError `INVALID_OPTION` when FFMPEG_PATH or FFPROBE_PATH names no runnable program, `BACKEND_UNAVAILABLE`
 * when neither the system nor npm has one for this platform.
 */
export async function mediaTools(): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([tool('ffmpeg'), tool('ffprobe')]);
  return { ffmpeg, ffprobe };
}

function tool(name: ToolName): Promise<MediaTool> {
  const key = JSON.stringify([name, process.env[ENVIRONMENT[name]], process.env['PATH']]);
  let found = chosen.get(key);
  if (!found) {
    found = choose(name);
    found.catch(() => chosen.delete(key)); // A failure may be repaired while the process lives.
    chosen.set(key, found);
  }
  return found;
}

async function choose(name: ToolName): Promise<MediaTool> {
  return (await fromEnvironment(name)) ?? (await fromSystem(name)) ?? (await fromNpm(name));
}

async function fromEnvironment(name: ToolName): Promise<MediaTool | undefined> {
  const variable = ENVIRONMENT[name];
  const path = process.env[variable];
  if (path === undefined || path === '') return undefined;
  const version = await versionOf(path);
  if (version === undefined) {
    throw new VivantError(
      'INVALID_OPTION',
      `Expected ${variable} to name a runnable ${name} but received ${JSON.stringify(path)}. Correct the variable or unset it.`,
      { details: { variable, path } },
    );
  }
  return { path, version, origin: 'environment' };
}

async function fromSystem(name: ToolName): Promise<MediaTool | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, file);
    if (!(await isFile(path))) continue;
    const version = await versionOf(path);
    if (version !== undefined && Number.parseInt(version, 10) >= MIN_SYSTEM_MAJOR) return { path, version, origin: 'system' };
  }
  return undefined;
}

async function fromNpm(name: ToolName): Promise<MediaTool> {
  let cause: unknown;
  try {
    const { path } = createRequire(import.meta.url)(PACKAGES[name]) as { path: string };
    // npm runs no install scripts under --ignore-scripts, and ffprobe arrives without its executable bit.
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
    const version = await versionOf(path);
    if (version !== undefined) return { path, version, origin: 'npm' };
  } catch (error) {
    cause = error;
  }
  throw new VivantError(
    'BACKEND_UNAVAILABLE',
    `Expected ${name} from ${ENVIRONMENT[name]}, from PATH (version ${String(MIN_SYSTEM_MAJOR)} or newer) or from the npm package ` +
      `${PACKAGES[name]}, but none of them runs on ${process.platform}-${process.arch}. Install ffmpeg or set ${ENVIRONMENT[name]}.`,
    { details: { tool: name }, cause },
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((s) => s.isFile(), () => false);
}

/** The program's version, or `undefined` when it does not run. */
async function versionOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['-version'], { timeout: 20_000 }, (error, stdout) => {
      resolve(error ? undefined : /version (\S+)/.exec(stdout)?.[1]);
    });
  });
}

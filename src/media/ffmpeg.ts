import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { abortedError, throwIfAborted } from './aborted.js';
import { mediaTools } from './binaries.js';
import type { MediaTool } from './binaries.js';
import { onProcessEnd } from './exit-cleanup.js';

export { mediaTools } from './binaries.js';
export type { MediaTool, MediaTools } from './binaries.js';

/** One run of ffmpeg. */
export interface FfmpegJob {
  /** Each `-i`, with the options before it. `'pipe:0'` is this process: see {@link FfmpegRun.stdin}. */
  readonly inputs: readonly { readonly source: string; readonly options?: readonly string[] }[];
  readonly outputOptions: readonly string[];
  /** A file, or a stream that takes what ffmpeg writes to its standard output. */
  readonly output: string | Writable;
  /** Default `'error'`. */
  readonly logLevel?: 'error' | 'info';
  /** Every line of standard error. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How a run ended. Never a rejection: the caller knows what the failure means. */
export interface FfmpegExit {
  readonly status: 'done' | 'failed' | 'killed' | 'aborted';
  /** Last lines of standard error, oldest first. */
  readonly stderr: readonly string[];
  /** The reason in ffmpeg's or the system's words, when not done. */
  readonly reason?: string;
}

export interface FfmpegRun {
  /** ffmpeg's standard input, for a job that reads `pipe:0`. Rejects when ffmpeg does not start. */
  readonly stdin: Promise<Writable>;
  /** Resolves when the process is gone and its standard error is read. */
  readonly exit: Promise<FfmpegExit>;
  /** SIGKILL, now or as soon as it starts. */
  kill(): void;
}

const STDERR_LINES = 30;
/** Local files and pipes only: a playlist may not make ffmpeg open a network address. */
const PROTOCOLS = 'file,pipe';

/** ffprobe's report on a file with very many streams or tags. */
const MAX_REPORT_BYTES = 64 * 2 ** 20;

/** fluent-ffmpeg sets this before it emits `start`; its types leave it out. */
type Command = ffmpeg.FfmpegCommand & { ffmpegProc?: ChildProcess };

/** `path` as ffmpeg takes it: never read as an option, a protocol or a drive letter. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}

/**
 * Starts ffmpeg through fluent-ffmpeg. A job without `pipe:0` gets no standard input.
 *
 * @throws VivantError `ABORTED` when the signal has fired already, `INVALID_OPTION` or `BACKEND_UNAVAILABLE` when there is
 * no usable ffmpeg.
 */
export async function startFfmpeg(job: FfmpegJob): Promise<FfmpegRun> {
  const tools = await mediaTools();
  throwIfAborted(job.signal);

  const stderr: string[] = [];
  const command: Command = ffmpeg();
  command.setFfmpegPath(tools.ffmpeg.path);
  const readsPipe = job.inputs.some((input) => input.source === 'pipe:0');
  // Options are spread: fluent-ffmpeg splits an only argument at its space.
  for (const [i, input] of job.inputs.entries()) {
    const global = i === 0 ? ['-hide_banner', '-nostats', '-loglevel', job.logLevel ?? 'error', ...(readsPipe ? [] : ['-nostdin'])] : [];
    command.input(input.source).inputOptions(...global, '-protocol_whitelist', PROTOCOLS, ...(input.options ?? []));
  }
  // `-y`: the temporary name has been reserved as an empty file.
  command.output(job.output as string).outputOptions(...job.outputOptions, '-y');

  let child: ChildProcess | undefined;
  let wanted: 'killed' | 'aborted' | undefined;
  const stop = (why: 'killed' | 'aborted'): void => {
    wanted ??= why;
    child?.kill('SIGKILL');
    // Nobody reads the rest; a stream that is not read never closes, and `exit` waits for that.
    child?.stdout?.destroy();
  };
  const onAbort = (): void => stop('aborted');
  job.signal?.addEventListener('abort', onAbort, { once: true });
  const forget = onProcessEnd(() => child?.kill('SIGKILL'));

  command.on('stderr', (line: string) => {
    if (line.trim() === '') return;
    stderr.push(line);
    if (stderr.length > STDERR_LINES) stderr.shift();
    job.onLine?.(line);
  });

  let started: (stdin: Writable) => void = () => undefined;
  let notStarted: (reason: Error) => void = () => undefined;
  const stdin = new Promise<Writable>((resolve, reject) => {
    started = resolve;
    notStarted = reject;
  });
  stdin.catch(() => undefined); // Jobs without a pipe never look at it.

  const exit = new Promise<FfmpegExit>((resolve) => {
    const settle = async (result: FfmpegExit): Promise<void> => {
      job.signal?.removeEventListener('abort', onAbort);
      forget();
      notStarted(new Error(result.reason ?? 'ffmpeg has ended'));
      const stdout = child?.stdout;
      // The process may be gone before all that it wrote is read.
      if (stdout && !stdout.closed) await once(stdout, 'close');
      resolve(result);
    };
    command.on('start', () => {
      child = command.ffmpegProc;
      if (wanted !== undefined) stop(wanted);
      if (!child?.stdin) return;
      // A dead encoder shows in its exit; EPIPE on the way there is no news.
      child.stdin.on('error', () => undefined);
      if (readsPipe) started(child.stdin);
      else child.stdin.end();
    });
    command.on('end', () => void settle({ status: wanted ?? 'done', stderr }));
    command.on('error', (error: Error) => void settle({ status: wanted ?? 'failed', stderr, reason: error.message }));
  });
  command.run();
  return { stdin, exit, kill: () => stop('killed') };
}

/**
 * Runs ffprobe and parses its JSON. Not through fluent-ffmpeg, whose own parser drops side data (rotation) and whose
 * probe cannot be cancelled.
 *
 * @returns what ffprobe said, or the reason why it said nothing.
 * @throws VivantError `ABORTED`; `INVALID_OPTION` or `BACKEND_UNAVAILABLE` when there is no usable ffprobe.
 */
export async function runFfprobe(
  args: readonly string[],
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly ok: true; readonly report: unknown } | { readonly ok: false; readonly reason: string }> {
  const tools = await mediaTools();
  throwIfAborted(signal);
  const all = ['-v', 'error', '-protocol_whitelist', PROTOCOLS, '-of', 'json', ...args, fileUrl(path)];
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: MAX_REPORT_BYTES, killSignal: 'SIGKILL' as const, env: environmentOf(tools.ffprobe), ...(signal && { signal }) };
    const child = execFile(tools.ffprobe.path, all, options, (error, stdout, stderr) => {
      forget();
      if (signal?.aborted) reject(abortedError(signal));
      else if (error) resolve({ ok: false, reason: stderr.trim() || error.message });
      else resolve({ ok: true, report: JSON.parse(stdout) as unknown });
    });
    const forget = onProcessEnd(() => child.kill('SIGKILL'));
  });
}

/**
 * The npm build of ffprobe is linked statically and crashes when it loads the system's character set converters, which
 * MPEG-TS makes it do: it gets a place without any.
 */
function environmentOf(tool: MediaTool): NodeJS.ProcessEnv {
  return tool.origin === 'npm' ? { ...process.env, GCONV_PATH: dirname(tool.path) } : process.env;
}

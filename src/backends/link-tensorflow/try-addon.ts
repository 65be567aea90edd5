import { runProgram, type Ended } from './run-program.js';

/** What an addon says about the library behind it. */
export interface TriedAddon {
  /** Of the library that was loaded. */
  readonly version: string;
  /** Whether it computes on a graphics card. */
  readonly gpu: boolean;
}

/** Loads the addon, squares three numbers with it and prints what came out. tfjs-node calls the same functions. */
const SCRIPT = `
const binding = require(process.argv[1]);
const x = binding.createTensor([3], binding.TF_FLOAT, Float32Array.of(1, 2, 3));
const [y] = binding.executeOp('Mul', [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }], [x, x], 1);
const squares = Array.from(binding.tensorDataSync(y.id));
console.log(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice(), squares }));
`;

/**
 * Loads an addon in a process of its own, where a crash does no harm.
 *
 * @returns what it is, or how it failed.
 * @throws VivantError `ABORTED`
 */
export async function tryAddon(addon: string, signal?: AbortSignal): Promise<TriedAddon | { readonly failure: string; readonly output: string }> {
  // The library's notes on the processor's features and on missing graphics cards are no failure.
  const ended = await runProgram(process.execPath, ['-e', SCRIPT, addon], signal, { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' });
  const answer = readAnswer(ended);
  if (answer === undefined) return { failure: failureOf(ended), output: ended.stderr };
  if (answer.squares.join() !== '1,4,9') return { failure: `it computes the squares of 1, 2 and 3 as ${answer.squares.join(', ')}`, output: ended.stderr };
  return { version: answer.version, gpu: answer.gpu };
}

function readAnswer({ status, stdout }: Ended): (TriedAddon & { readonly squares: readonly number[] }) | undefined {
  if (status !== 0) return undefined;
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as TriedAddon & { readonly squares: readonly number[] };
  } catch {
    return undefined;
  }
}

/** The line that names the cause. */
export function failureOf({ status, signal, stderr }: Pick<Ended, 'status' | 'signal' | 'stderr'>): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const cause = lines.find((line) => /error: |undefined reference|undefined symbol|cannot find/i.test(line)) ?? lines.filter((line) => line !== '').at(-1);
  return cause ?? (signal === null ? `it ended with status ${String(status)}` : `it was killed by ${signal}`);
}

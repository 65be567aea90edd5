import { VivantError } from '../../core/errors.js';
import { runProgram } from './run-program.js';

/** A C++ compiler that starts. */
export interface Compiler {
  readonly program: string;
  /** First line of what `--version` prints. */
  readonly version: string;
}

/**
 * The compiler that the environment's `CXX` names, else g++, clang++ or c++.
 *
 * @throws VivantError `BACKEND_UNAVAILABLE` with `details.problem` `'compiler'`; `ABORTED`.
 */
export async function findCompiler(signal?: AbortSignal): Promise<Compiler> {
  const named = process.env['CXX'];
  const programs = named === undefined || named === '' ? ['g++', 'clang++', 'c++'] : [named];
  for (const program of programs) {
    try {
      const { status, stdout } = await runProgram(program, ['--version'], signal);
      if (status === 0) return { program, version: stdout.split('\n', 1)[0]! };
    } catch (error) {
      if (error instanceof VivantError) throw error;
      // Not there, or not executable: the next one.
    }
  }
  const wanted = programs.length === 1 ? `the compiler that CXX names (${programs[0]!})` : `a C++ compiler (${programs.join(', ')})`;
  throw new VivantError('BACKEND_UNAVAILABLE', `Expected ${wanted} but none starts. On Debian or Ubuntu: apt install g++. Another one can be named by the environment variable CXX.`, {
    details: { backend: 'tensorflow', problem: 'compiler', searched: programs },
  });
}

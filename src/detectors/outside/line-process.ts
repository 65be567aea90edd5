import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { detectorFailed } from '../failure.js';

/** Lines of standard error kept for the message. */
const STDERR_LINES = 8;
/** An answer longer than this is no score, characters. */
const LONGEST_ANSWER = 65_536;

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** A command that answers one line of standard input with one line of standard output. Started at the first question, and again after a failure. */
export class LineProcess {
  #child: ChildProcess | undefined;
  #waiting: Waiting | undefined;
  #stderr: string[] = [];

  constructor(
    private readonly name: string,
    private readonly command: string,
    private readonly timeoutSeconds: number,
  ) {}

  /** One question at a time. @throws VivantError `DETECTOR_FAILED`; the signal's reason when it fires. */
  async ask(line: string, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    const child = (this.#child ??= this.#start());
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(`no answer within ${String(this.timeoutSeconds)} s`), this.timeoutSeconds * 1000);
      const onAbort = (): void => {
        this.#settle()?.reject(signal?.reason as Error);
        this.stop();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      this.#waiting = {
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (done(), reject(error)),
      };
      child.stdin?.write(`${line}\n`);
    });
  }

  /** Ends the command and everything that it started. */
  stop(): void {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined) return;
    child.stdin?.end();
    try {
      // The shell leads a group of its own: what it started goes with it.
      if (process.platform === 'win32') child.kill();
      else process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }

  #start(): ChildProcess {
    this.#stderr = [];
    const child = spawn(this.command, { shell: true, detached: process.platform !== 'win32', stdio: ['pipe', 'pipe', 'pipe'] });
    const isCurrent = (): boolean => this.#child === child;
    child.stdin.on('error', () => undefined); // A dead command shows in its exit.
    createInterface(child.stdout).on('line', (line) => {
      if (!isCurrent() || line.trim() === '') return;
      if (line.length > LONGEST_ANSWER) this.#fail(`an answer of ${String(line.length)} characters`);
      else this.#settle()?.resolve(line);
    });
    createInterface(child.stderr).on('line', (line) => {
      this.#stderr.push(line);
      if (this.#stderr.length > STDERR_LINES) this.#stderr.shift();
    });
    child.once('error', (error) => isCurrent() && this.#fail(`it could not be started: ${error.message}`));
    // `close`, not `exit`: all that it wrote has been read by then.
    child.once('close', (code, signal) => isCurrent() && this.#fail(`it ended with ${code === null ? `signal ${String(signal)}` : `exit code ${String(code)}`} before it answered`));
    return child;
  }

  #fail(what: string): void {
    const said = this.#stderr.length === 0 ? '' : `; its standard error ends with: ${this.#stderr.join(' | ')}`;
    this.#settle()?.reject(detectorFailed(this.name, `${what} (${this.command})${said}`, { command: this.command, stderr: this.#stderr }));
    this.stop();
  }

  #settle(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}

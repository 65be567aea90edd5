import { Agent, request } from 'node:http';
import { VivantError } from '../../core/errors.js';
import { detectorFailed } from '../failure.js';

/** An answer longer than this is no score, bytes. */
const LONGEST_ANSWER = 65_536;

/**
 * The address of a detector on this machine. Faces never leave it.
 *
 * @throws VivantError `INVALID_OPTION` for any other address
 */
export function loopbackUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'http:' && local) return url;
  throw new VivantError(
    'INVALID_OPTION',
    `Expected a detector's address on this machine, such as http://127.0.0.1:8000/score, but received ${JSON.stringify(text)}. ` +
      'Clips are never sent to another machine: run the detector here, or score there.',
    { details: { url: text } },
  );
}

/** Posts JSON to an address of {@link loopbackUrl}; redirects are not followed. */
export class LoopbackClient {
  // An agent of its own, so that no proxy setting of the environment takes part.
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    private readonly name: string,
    private readonly url: URL,
    private readonly timeoutSeconds: number,
  ) {}

  /** @throws VivantError `DETECTOR_FAILED`; the signal's reason when it fires. */
  async ask(body: string, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    return new Promise<string>((resolve, reject) => {
      const fail = (what: string, cause?: unknown): void => reject(detectorFailed(this.name, `${what} (${this.url.href})`, { url: this.url.href }, cause));
      const call = request(
        this.url,
        {
          method: 'POST',
          agent: this.#agent,
          // Not localhost by its name: a resolver could send it elsewhere.
          ...(this.url.hostname === 'localhost' && { host: '127.0.0.1' }),
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let length = 0;
          response.on('data', (chunk: Buffer) => {
            length += chunk.length;
            if (length > LONGEST_ANSWER) call.destroy(new Error(`an answer of more than ${String(LONGEST_ANSWER)} bytes`));
            else chunks.push(chunk);
          });
          response.once('error', (error) => fail(error.message, error));
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200) resolve(text);
            else fail(`expected status 200 but received ${String(response.statusCode)} ${text.slice(0, 200)}`);
          });
        },
      );
      const timer = setTimeout(() => call.destroy(new Error(`no answer within ${String(this.timeoutSeconds)} s`)), this.timeoutSeconds * 1000);
      const onAbort = (): void => {
        reject(signal?.reason as Error);
        call.destroy();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      call.once('error', (error) => fail(error.message, error));
      call.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        fail('the connection was closed before it answered');
      });
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

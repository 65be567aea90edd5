// One measurement in a process of its own: takes a job as JSON, prints one line of JSON.
import { fileURLToPath } from 'node:url';
import { rounded } from '../material.mjs';

/** Marks the line that holds the answer; drivers and Dawn write lines of their own. */
export const ANSWER = '@@answer ';
const root = new URL('../../', import.meta.url);

/** A file of the package. */
export const file = (path) => fileURLToPath(new URL(path, root));

/** A module of dist/. */
export const part = (path) => import(new URL(`dist/${path}`, root).href);

/** Runs `measure` with the job of this process, and answers with what it returns or with why it failed. */
export async function answer(measure) {
  const started = performance.now();
  let outcome;
  try {
    outcome = { result: await measure(JSON.parse(process.argv[2])) };
  } catch (error) {
    outcome = { error: { code: error?.code ?? error?.name ?? 'ERROR', message: String(error?.message ?? error), stack: error?.stack?.split('\n').slice(1, 6) } };
  }
  const peakMB = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  process.stdout.write(`\n${ANSWER}${JSON.stringify({ ...outcome, seconds: rounded((performance.now() - started) / 1000), peakMB })}\n`, () => process.exit(0));
}

/** What a backend says of its tensors, MB (1e6 bytes). */
export function tensors({ tf }) {
  const { numTensors, numBytes, numBytesInGPU } = tf.memory();
  return { count: numTensors, MB: rounded(numBytes / 1e6), ...(numBytesInGPU === undefined ? {} : { onCardMB: rounded(numBytesInGPU / 1e6) }) };
}

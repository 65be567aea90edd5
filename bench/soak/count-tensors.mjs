// Counts the tensors of every thread of a process. Loaded with --import, so that it runs in the threads, too: each tells the main thread
// how many its TensorFlow.js holds. All copies of TensorFlow.js in a thread share one engine, a global.
import { clearInterval, setInterval } from 'node:timers';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const EVERY = 100; // milliseconds
const own = () => globalThis._tfengine?.state.numTensors ?? 0;
const told = new Map();
const channel = new BroadcastChannel('vivant-soak-tensors');
channel.unref();

if (isMainThread) channel.onmessage = ({ data: { thread, count } }) => told.set(thread, count);
else {
  // Ends with its thread.
  const timer = setInterval(() => channel.postMessage({ thread: threadId, count: own() }), EVERY);
  timer.unref();
  process.once('exit', () => clearInterval(timer));
}

/** Of all threads together; those of others are up to a tenth of a second old. */
export function tensorsInThreads() {
  return [...told.values()].reduce((sum, count) => sum + count, own());
}

// Counts the tensors of every thread of a process, and measures its heap. Loaded with --import, so that it runs in the threads, too: each
// tells the main thread what it holds. All copies of TensorFlow.js in a thread share one engine, a global.
import v8 from 'node:v8';
import { clearInterval, setInterval } from 'node:timers';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const EVERY = 100; // milliseconds
const own = () => {
  const { total_heap_size: reserved, used_heap_size: used } = v8.getHeapStatistics();
  return { tensors: globalThis._tfengine?.state.numTensors ?? 0, reserved, used };
};
const told = new Map();
const channel = new BroadcastChannel('vivant-soak-tensors');
channel.unref();

if (isMainThread) channel.onmessage = ({ data: { thread, held } }) => told.set(thread, held);
else {
  // Ends with its thread.
  const timer = setInterval(() => channel.postMessage({ thread: threadId, held: own() }), EVERY);
  timer.unref();
  process.once('exit', () => clearInterval(timer));
}

/** `{ tensors, reserved, used }` of all threads together, heaps in bytes; what others hold is up to a tenth of a second old. */
export function heldByThreads() {
  return [...told.values(), own()].reduce((sum, held) => Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, value + held[key]])));
}

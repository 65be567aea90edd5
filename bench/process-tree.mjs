// What a process and everything under it use, as Linux counts it.
import { readFile, readdir } from 'node:fs/promises';
import { clearInterval, setInterval } from 'node:timers';

/** Clock ticks a second of /proc; Linux has shown 100 to programs for decades. */
const TICKS = 100;

/** Resident memory of a process and everything under it, MB (1e6 bytes); 0 where there is no /proc. */
export async function residentMB(pid) {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const own = (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    const threads = await readdir(`/proc/${pid}/task`);
    const lists = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')));
    const below = await Promise.all(lists.join(' ').split(/\s+/).filter(Boolean).map(residentMB));
    return below.reduce((sum, one) => sum + one, own);
  } catch {
    return 0; // not Linux, or the process has just ended
  }
}

/** Looks at a process's tree five times a second; `stop()` says the most MB seen, `null` when nothing could be seen. */
export function watchPeak(pid) {
  let peak = 0;
  const watch = setInterval(() => void residentMB(pid).then((now) => (peak = Math.max(peak, now))), 200);
  return {
    stop() {
      clearInterval(watch);
      return peak === 0 ? null : Math.round(peak);
    },
  };
}

/** CPU seconds of this process, and of the children it has seen end; the latter 0 where there is no /proc. */
export async function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  // After the name, which may hold spaces: the fields from the third on; children's user and system time are 16 and 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = stat === '' ? 0 : (Number(fields[13]) + Number(fields[14])) / TICKS;
  return { own: (user + system) / 1e6, children };
}

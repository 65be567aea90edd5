// What changed between two results of `npm run bench`, as ratios.

/**
 * The figures that are watched. `path` in a result; `better`: which way is good; `noise`: ratios up to this, in the bad direction, are
 * taken for noise; `clock`: measured by the clock, so that other work on the machine spoils it.
 */
const FIGURES = [
  { path: 'speed.cpuMsPerFrame', better: 'less', noise: 1.1 },
  ...['standard', 'high'].map((tier) => ({ path: `${tier}.cpuMsPerFrame`, better: 'less', noise: 1.1 })),
  { path: 'speed.fpsAfterFirstFrame', better: 'more', noise: 1.15, clock: true },
  ...['standard', 'high'].map((tier) => ({ path: `${tier}.fpsAfterFirstFrame`, better: 'more', noise: 1.15, clock: true })),
  { path: 'firstFrameSeconds.cold', better: 'less', noise: 1.25, clock: true },
  ...['decode', 'landmarks', 'motion', 'generate', 'mark', 'encode'].map((stage) => ({ path: `speed.perFrameMs.${stage}`, better: 'less', noise: 1.25, clock: true })),
  { path: 'peakMemoryMB.withSigningAndFfmpeg', better: 'less', noise: 1.1 },
  ...[0, 1, 2].map((row) => ({ path: `memory.${row}.withSigningAndFfmpegMB`, better: 'less', noise: 1.1 })),
];
/** Load average before the bench from which on the clock isn't believed. */
const BUSY = 0.5;
const SAME = ['cpu', 'cpus', 'platform'];

/**
 * @param last - the stored result; `undefined` when there is none.
 * @returns `ratios`: now / last by figure; `regressions`: those that are worse than noise; `spoiled`: the load that keeps figures by the
 * clock out of the regressions, `null` when there was none; `why`: why nothing could be compared, else `null`.
 */
export function compare(last, now) {
  const nothing = (why) => ({ against: last?.measured ?? null, ratios: {}, regressions: [], spoiled: null, why });
  if (last === undefined) return nothing('no stored result');
  const other = SAME.find((key) => last.machine[key] !== now.machine[key]);
  if (other !== undefined) return nothing(`another machine: ${other} ${last.machine[other]}, now ${now.machine[other]}`);
  const load = Math.max(last.machine.load, now.machine.load);
  const ratios = {};
  const regressions = [];
  for (const { path, better, noise, clock = false } of FIGURES) {
    const [before, after] = [at(last, path), at(now, path)];
    if (!(before > 0 && after > 0)) continue;
    const ratio = Number((after / before).toFixed(3));
    ratios[path] = ratio;
    const worse = better === 'less' ? ratio : 1 / ratio;
    if (worse > noise && !(clock && load > BUSY)) regressions.push({ figure: path, ratio, noise, before, after });
  }
  return { against: last.measured, ratios, regressions, spoiled: load > BUSY ? load : null, why: null };
}

/** The comparison for people. */
export function words({ against, ratios, regressions, spoiled, why }) {
  if (why !== null) return `Not compared with a stored result: ${why}.`;
  const lines = [`Now / ${against}:`, ...Object.entries(ratios).map(([path, ratio]) => `  ${ratio.toFixed(2)}  ${path}`)];
  if (spoiled !== null) lines.push(`The machine was busy (load ${spoiled}): figures by the clock flag nothing.`);
  lines.push(regressions.length === 0 ? 'No regression.' : `REGRESSIONS: ${regressions.map(({ figure, before, after, ratio }) => `${figure} ${before} -> ${after} (${ratio.toFixed(2)})`).join(', ')}`);
  return lines.join('\n');
}

function at(result, path) {
  return path.split('.').reduce((value, key) => value?.[key], result);
}

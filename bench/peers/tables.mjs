// Results of the race as Markdown.

const NAMES = { draft: 'ours, `draft`', standard: 'ours, `standard`', high: 'ours, `high`', fomm: 'FOMM', tpsmm: 'TPSMM', liveportrait: 'LivePortrait' };
/** Load average before the race from which on the clock isn't shown. */
const BUSY = 0.5;
const star = ({ projected }) => (projected ? ' *' : '');
/** `clock`: by the clock, not by CPU time. */
const COLUMNS = [
  { title: '', cell: ({ peer }) => NAMES[peer] },
  { title: 'CPU ms a frame', cell: ({ cpuMsPerFrame }) => ms(cpuMsPerFrame) },
  { title: 'ours `standard` = 1', cell: (row, rows) => times(ratio(row, rows)) },
  { title: 'ms a frame', clock: true, cell: ({ msPerFrame }) => ms(msPerFrame) },
  { title: 'of them generator or networks', clock: true, cell: ({ networkMs }) => ms(networkMs) },
  { title: 'start-up, CPU s', cell: ({ startupCpuSeconds }) => short(startupCpuSeconds) },
  { title: 'start-up, s', clock: true, cell: ({ startupSeconds }) => short(startupSeconds) },
  { title: 'frames a CPU second, whole clip', cell: (row) => short(row.framesPerCpuSecond) + star(row) },
  { title: 'frames a second, whole clip', clock: true, cell: (row) => short(row.fpsEndToEnd) + star(row) },
  { title: 'peak MB', cell: ({ peakMB }) => peakMB ?? '' },
];
const [BEGIN, END] = ['<!-- race: written by bench/peers/race.mjs -->', '<!-- /race -->'];

/** The race's tables, for docs/performance.md. */
export function tables(race) {
  return [conditions(race), ...groups(race).map((group) => group.join('\n')), sizes(race.rows), refiner(race.yardstick), leftOut(race.missing)].filter(Boolean).join('\n\n');
}

/** `page` with `text` between the marks. */
export function intoPage(page, text) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`Expected the marks ${BEGIN} and ${END} in the page.`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** CPU time of `row` as a multiple of that of our `standard` at the same size on as many cores. */
export function ratio(row, rows) {
  const base = rows.find(({ peer, side, cpus }) => peer === 'standard' && side === row.side && cpus === row.cpus);
  return base ? row.cpuMsPerFrame / base.cpuMsPerFrame : null;
}

function conditions({ measured, machine, clip }) {
  const load = machine.loadAfter === undefined ? machine.load : `${machine.load} before, ${machine.loadAfter} after`;
  return `${measured.slice(0, 10)}, ${machine.cpu} with ${machine.cpus} cores, ${machine.platform}, Node ${machine.node}; load ${load}. ${clip.name}, ${clip.frames} frames at ${clip.fps} a second.`;
}

/** One table for each device, size and number of cores. Under others' load the clock says nothing of us: then only CPU time is shown. */
function groups({ rows, machine }) {
  const busy = machine.load > BUSY;
  const keys = [...new Set(rows.map((row) => `${device(row)}|${row.side}|${row.cpus}`))].sort();
  return keys.map((key) => {
    const [where, side, cpus] = key.split('|');
    const columns = COLUMNS.filter(({ clock }) => !(clock && busy));
    const lines = rows.filter((row) => `${device(row)}|${row.side}|${row.cpus}` === key).map((row) => `| ${columns.map(({ cell }) => cell(row, rows)).join(' | ')} |`);
    const head = [`| ${columns.map(({ title }) => title).join(' | ')} |`, `|${columns.map(() => '---|').join('')}`];
    return [`### ${side} x ${side}, ${where === 'cpu' ? `${cpus} ${cpus === '1' ? 'core' : 'cores'}` : where}`, '', ...head, ...lines];
  });
}

function device({ device: name }) {
  return name.startsWith('cpu') ? 'cpu' : name;
}

function sizes(rows) {
  const peers = new Map(rows.filter(({ parameters }) => parameters).map((row) => [row.peer, row]));
  if (peers.size === 0) return '';
  const millions = (row) => Object.entries(row.parameters).map(([part, count]) => `${part} ${(count / 1e6).toFixed(2)}`).join(', ');
  const total = (row) => (Object.values(row.parameters).reduce((sum, count) => sum + count, 0) / 1e6).toFixed(2);
  const lines = [...peers].map(([peer, row]) => `| ${NAMES[peer]} | ${total(row)} | ${millions(row)} | ${(row.macsPerFrame / 1e9).toFixed(1)} | ${(row.macsOnce / 1e9).toFixed(1)} |`);
  return ['### Sizes of the peers', '', '| | parameters, M | by part | G multiply-adds a frame | once a photo |', '|---|---|---|---|---|', ...lines].join('\n');
}

function refiner(rows) {
  if (rows.length === 0) return '';
  const lines = rows.map(({ engine, cpus, msPerFrame, cpuMsPerFrame }) => `| ${engine} | ${cpus} | ${msPerFrame} | ${cpuMsPerFrame} |`);
  return ["### The refiner's networks alone (one mouth, two eyes)", '', '| | cores | ms a frame | CPU ms a frame |', '|---|---|---|---|', ...lines].join('\n');
}

function leftOut(missing) {
  return missing.length === 0 ? '' : `Left out: ${missing.map(({ what, reason }) => `${what} (${reason})`).join('; ')}.`;
}

function ms(value) {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(1);
}

function times(value) {
  return value === null ? '' : `${short(value)} x`;
}

function short(value) {
  return value >= 100 ? Math.round(value).toString() : value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}

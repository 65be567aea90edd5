// The results as one table: a column for each backend, a row for each figure.
import { BATCHES, NETWORKS, PEERS, TIERS } from './plan.mjs';

/** `rows`: the plan's, each with `result` or `error`. */
export function markdown({ measured, machine, backends, chosen, rows, sides }) {
  const columns = backends.map(({ name, supported }) => ({ name, supported, found: new Map(rows.filter(({ backend }) => backend === name).map((row) => [row.id, row])) }));
  const line = (title, id, cell) => `| ${title} | ${columns.map(({ supported, found }) => (supported ? cellOf(found.get(id), cell) : '-')).join(' | ')} |`;
  const lines = [
    `| | ${backends.map(heading).join(' | ')} |`,
    `|---|${backends.map(() => '---').join('|')}|`,
    line('conformance', 'conformance', conformance),
    ...NETWORKS.flatMap((network) => BATCHES.map((batch) => line(`network of the ${network}, batch of ${batch}: ms (a crop)`, `network ${network} ${batch}`, ({ msPerRun, msPerCrop, graphMs }) => `${msPerRun} (${msPerCrop})${graph(graphMs)}`))),
    ...PEERS.map((peer) => line(`${peer}: ms a frame (its network)`, `peer ${peer}`, ({ msPerFrame, networkMs, graphMs }) => `${msPerFrame} (${networkMs})${graph(graphMs)}`)),
    ...PEERS.map((peer) => line(`${peer}: MB on the card`, `peer ${peer}`, ({ onCardMB }) => String(onCardMB))),
    ...sides.flatMap((side) => TIERS.map((tier) => line(`${tier}, ${side} px: ms a frame (generator)`, `clip ${tier} ${side}`, ({ msPerFrame, stages }) => `${msPerFrame} (${stages.generate})`))),
    ...sides.flatMap((side) => TIERS.map((tier) => line(`${tier}, ${side} px: first frame, s (of a warm animator)`, `clip ${tier} ${side}`, ({ coldFirstFrameSeconds, firstFrameSeconds }) => `${coldFirstFrameSeconds} (${firstFrameSeconds})`))),
    ...sides.flatMap((side) => TIERS.map((tier) => line(`${tier}, ${side} px: peak MB (tensors, on the card)`, `clip ${tier} ${side}`, memory))),
    line('fine-tuning: s in all (ms a step x steps)', 'fit', ({ seconds, msPerStep, steps }) => `${seconds} (${msPerStep} x ${steps})`),
    line('fine-tuning: peak MB', 'fit', (_, { peakMB }) => String(peakMB)),
  ];
  return [`# Figures of ${measured.slice(0, 10)}`, '', ...facts(machine, chosen), '', ...shown(lines), '', ...remarks(backends, rows)].join('\n').trimEnd() + '\n';
}

/** Cells of rows that didn't come to a figure. */
export function cellOf(row, cell) {
  if (row === undefined) return '-';
  if (row.error === undefined) return cell(row.result, row);
  return { MODEL_MISSING: 'no weights', SKIPPED: 'no time', TIMEOUT: `over ${row.error.after} s` }[row.error.code] ?? `failed: ${row.error.code}`;
}

function heading({ name, supported, software, detail }) {
  if (!supported) return `${name}: none`;
  return `${name}: ${detail.replaceAll('|', '/')}${software ? ' (software)' : ''}`;
}

function conformance({ passed, of, skipped }) {
  return skipped === undefined ? `${passed} of ${of}` : 'skipped';
}

function memory({ tensors }, { peakMB }) {
  if (tensors === null) return String(peakMB);
  const { MB, onCardMB } = tensors;
  return `${peakMB} (${MB}${onCardMB === undefined ? '' : `, ${onCardMB}`})`;
}

function graph(ms) {
  return ms === undefined ? '' : `; as a graph ${ms}`;
}

/** Leaves out rows that no backend has. */
function shown(lines) {
  return lines.filter((line) => !/^\|[^|]*\|( - \|)+$/.test(line));
}

function facts({ cpu, cpus, memoryGB, platform, node, load, cards }, chosen) {
  return [
    `${cpu}, ${cpus} cores, ${memoryGB} GB, ${platform}, Node ${node}, load ${load}. Graphics cards: ${cards.length === 0 ? 'nvidia-smi shows none' : cards.join('; ')}.`,
    `\`auto\` takes ${chosen === null ? 'nothing' : `${chosen.name}: ${chosen.reason}`}.`,
  ];
}

function remarks(backends, rows) {
  const missing = backends.filter(({ supported }) => !supported).map(({ name, detail }) => `- ${name}: ${detail}`);
  const failed = rows
    .filter(({ error }) => error !== undefined && !['MODEL_MISSING', 'SKIPPED'].includes(error.code))
    .map(({ backend, id, error }) => `- ${backend}, ${id}: ${error.code}: ${error.message}`);
  const tests = rows.flatMap(({ backend, result }) => (result?.failures ?? []).map(({ title, message }) => `- ${backend}, ${title}: ${message.split('\n')[0]}`));
  return [...missing, ...failed, ...tests];
}

// The results as tables.
import { SIGNALS } from './metrics/signals.mjs';
import { PERTURBATION } from './perturb.mjs';
import { TIERS } from './rows.mjs';

const TITLES = {
  synthetic: 'Synthetic, held out: cross-reenactment with exact ground truth',
  real: `Real clips: self-reenactment, driver disguised (${PERTURBATION})`,
  'real-no-driver-pixels': 'Real clips: self-reenactment, driver pixels dropped',
};
const PIXELS = ['l1', 'psnr', 'ssim', 'msssim'];
const FACES = ['akd', 'csim', 'csimLeast', 'gazeDegrees', 'flicker', 'lost'];

/** @param results - what quality.json holds */
export function markdown({ measured, machine, sets }) {
  const parts = [
    '# Quality',
    `Measured ${measured.slice(0, 10)} on ${machine.platform}, Node ${machine.node}. What the numbers mean: [bench/quality](../quality/README.md). Written by \`npm run bench:quality\`.`,
  ];
  for (const [name, set] of Object.entries(sets)) parts.push(section(TITLES[name] ?? name, set));
  return `${parts.join('\n\n')}\n`;
}

function section(title, { clips, frames, rows, drawing, shots, groups }) {
  const parts = [`## ${title}`, `${clips} clips, ${frames} frames.`, '### The whole product', pixelTable(rows)];
  const gains = ratios(rows);
  if (gains) parts.push(gains);
  parts.push('Landmarks, identity, motion:', faceTable(rows), 'Fidelity, r / slope of output on driver:', fidelityTable(rows, 'fidelity'));
  const onTruth = Object.values(rows).some((row) => row?.fidelityToTruth);
  if (onTruth) parts.push('Fidelity, r / slope of output on ground truth:', fidelityTable(rows, 'fidelityToTruth'));
  parts.push('Jitter, output / driver:', jitterTable(rows));
  if (Object.values(drawing.rows).some((row) => row?.face)) {
    parts.push('### Only the drawing (faces placed by the landmarks of the ground truth)', pixelTable(drawing.rows));
    const drawn = ratios(drawing.rows);
    if (drawn) parts.push(drawn);
  }
  if (Object.keys(shots).length > 1) parts.push('### Photos of the sitter (the whole product), L1', ...shotsTables(shots));
  for (const [label, values] of Object.entries(groups)) parts.push(`### By ${label}, L1 of face / mouth / eyes`, groupTable(values));
  return parts.join('\n\n');
}

function pixelTable(rows) {
  const regions = ['face', 'mouth', 'eyes', 'skin'];
  const head = ['row', ...regions.flatMap((region) => PIXELS.map((metric) => `${region} ${metric}`))];
  return table(head, present(rows, (row) => regions.flatMap((region) => PIXELS.map((metric) => number(row[region]?.[metric], metric === 'psnr' ? 1 : metric === 'l1' ? 4 : 3)))));
}

function faceTable(rows) {
  const digits = { akd: 4, csim: 3, csimLeast: 3, gazeDegrees: 2, flicker: 4, lost: 0 };
  const body = present(rows, (row) => FACES.map((metric) => number(row[metric], digits[metric])));
  if (rows.truth) body.push(['(truth)', ...FACES.map((metric) => number(rows.truth[metric], digits[metric]))]);
  return table(['row', ...FACES], body);
}

function fidelityTable(rows, kind) {
  const names = Object.keys(SIGNALS);
  const cell = (value) => (value ? `${number(value.r, 3)} / ${number(value.slope, 2)}` : '-');
  const cells = (row) => names.map((name) => cell(row[kind]?.[name]));
  const body = present(rows, cells);
  if (rows.truth?.[kind]) body.push(['(driver, as detected)', ...cells(rows.truth)]);
  return table(['row', ...names], body);
}

function jitterTable(rows) {
  const names = ['yaw', 'pitch', 'roll', 'scale'];
  return table(['row', ...names], present(rows, (row) => names.map((name) => number(row.jitter?.[name], 2))));
}

/** All clips by number of photos; then, on the clips whose sitters were personalized, everything again. */
function shotsTables({ personalized, ...counts }) {
  const tier = (personalized ?? counts['1']).tier;
  const tables = [shotsTable(counts, `${tier}, photos`)];
  if (!personalized) return tables;
  const { clips, learnt, sameClips } = personalized;
  tables.push(
    `On the ${clips} clips whose sitters were personalized, with the photos of row 8 (${Math.round(learnt.cpuSeconds)} CPU seconds each to learn):`,
    shotsTable({ ...sameClips, personalized }, `${tier}, photos`),
  );
  return tables;
}

function shotsTable(counts, title) {
  const first = counts['1'];
  const cell = (row, region) => `${number(row[region], 4)} (${percent(row[region] / first[region] - 1)})`;
  const regions = ['l1', 'mouth', 'eyes'];
  return table([title, 'face', 'mouth', 'eyes'], Object.entries(counts).map(([count, row]) => [count, ...regions.map((region) => (row === first ? number(row[region], 4) : cell(row, region)))]));
}

function groupTable(values) {
  const tiers = TIERS.filter((tier) => Object.values(values).some((entry) => entry[tier]));
  const cell = (entry) => (entry ? [entry.face, entry.mouth, entry.eyes].map((v) => number(v, 4)).join(' / ') : '-');
  return table(['group', 'clips', ...tiers], Object.entries(values).map(([value, entry]) => [value, String(entry.clips), ...tiers.map((tier) => cell(entry[tier]))]));
}

/** What each row gains over `warp`, in one sentence. */
function ratios(rows) {
  const { warp } = rows;
  if (!warp?.face) return undefined;
  const gain = (row) => ['mouth', 'eyes', 'face'].map((region) => `${region} ${percent(row[region].l1 / warp[region].l1 - 1)}`).join(', ');
  const lines = TIERS.slice(2).filter((tier) => rows[tier]?.face).map((tier) => `${tier} against warp, L1: ${gain(rows[tier])}.`);
  return lines.length > 0 ? lines.join(' ') : undefined;
}

function percent(share) {
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`;
}

/** Rows that were measured, and why others were not. */
function present(rows, cells) {
  return TIERS.flatMap((tier) => {
    const row = rows[tier];
    if (row?.face) return [[tier, ...cells(row)]];
    return row?.missing ? [[tier, 'no weights']] : [];
  });
}

function table(head, body) {
  const line = (cells) => `| ${head.map((_, i) => cells[i] ?? '').join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...body.map(line)].join('\n');
}

function number(value, digits) {
  return value === undefined || value === null ? '-' : value.toFixed(digits);
}

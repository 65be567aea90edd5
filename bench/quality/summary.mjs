// From numbers by clip to the tables: means over clips.
import { REGIONS } from './regions.mjs';
import { SIGNALS } from './metrics/signals.mjs';
import { TIERS } from './rows.mjs';

const LABELS = ['skin', 'age', 'sex', 'beard'];

/**
 * @param clips - `{ [clip]: { labels, product: { frames, rows, shots, ... }, truth: { ... } } }`
 * @returns one entry of `sets`
 */
export function summarise(clips) {
  const all = Object.values(clips);
  const product = all.flatMap(({ product: part }) => part ?? []);
  const drawing = all.flatMap(({ truth: part }) => part ?? []);
  return {
    clips: all.length,
    frames: product.reduce((sum, { frames }) => sum + frames, 0),
    skipped: product.reduce((sum, { skipped }) => sum + skipped, 0),
    rows: { truth: averages(product.map(({ truth }) => truth)), ...rowsOf(product) },
    drawing: { rows: rowsOf(drawing) },
    shots: shotsOf(product),
    groups: groupsOf(all),
  };
}

function rowsOf(parts) {
  const rows = {};
  for (const tier of TIERS) {
    const measured = parts.flatMap(({ rows: { [tier]: row } }) => row ?? []);
    const reason = parts.find(({ missing }) => missing?.[tier])?.missing[tier];
    rows[tier] = measured.length > 0 ? averages(measured) : reason === undefined ? null : { missing: reason };
  }
  return rows;
}

/**
 * L1 of the face, mouth and eyes by number of photos; one photo is the row itself. Not all sitters are personalized: beside those that
 * are, `sameClips` has what fewer photos reach on them.
 */
function shotsOf(parts) {
  const result = {};
  const tier = parts.findLast(({ shotsTier }) => shotsTier)?.shotsTier;
  if (tier === undefined) return result;
  const counts = [...new Set(parts.flatMap(({ shots }) => Object.keys(shots)))];
  for (const count of ['1', ...counts]) {
    const measured = parts.flatMap(({ shots, rows }) => (count === '1' ? rows[tier] : shots[count]) ?? []);
    if (measured.length === 0) continue;
    result[count] = { tier, clips: measured.length, ...regionsOf(measured) };
    if (count !== 'personalized') continue;
    const learnt = parts.filter(({ shots }) => shots[count]);
    result[count].learnt = averages(measured.map(({ learnt: facts }) => facts));
    result[count].sameClips = Object.fromEntries(Object.keys(result).filter((key) => key !== count).map((key) => [key, regionsOf(learnt.flatMap(({ shots, rows }) => (key === '1' ? rows[tier] : shots[key]) ?? []))]));
  }
  return result;
}

function regionsOf(measured) {
  const { face, mouth, eyes } = averages(measured);
  return { l1: face?.l1, mouth: mouth?.l1, eyes: eyes?.l1 };
}

/** L1 by label of the sitter, for model cards. Only sets with labels have groups. */
function groupsOf(clips) {
  const groups = {};
  for (const label of LABELS) {
    for (const value of new Set(clips.flatMap(({ labels }) => labels?.[label] ?? []))) {
      const members = clips.filter(({ labels }) => labels?.[label] === value).flatMap(({ product }) => product ?? []);
      const entry = { clips: members.length };
      for (const tier of TIERS) {
        const measured = members.flatMap(({ rows }) => rows[tier] ?? []);
        if (measured.length === 0) continue;
        const { face, mouth, eyes, akd, csim } = averages(measured);
        entry[tier] = { face: face.l1, mouth: mouth.l1, eyes: eyes.l1, akd, csim };
      }
      (groups[label] ??= {})[value] = entry;
    }
  }
  return groups;
}

/** Means of numbers of equal name, at any depth; `null` and missing ones are left out. `lost` is a sum, `csimLeast` a minimum. */
export function averages(items) {
  const result = {};
  const present = items.filter((item) => item !== undefined && item !== null);
  for (const key of new Set(present.flatMap(Object.keys))) {
    const values = present.map((item) => item[key]).filter((value) => value !== undefined && value !== null);
    if (values.length === 0) result[key] = null;
    else if (typeof values[0] === 'object') result[key] = averages(values);
    else if (typeof values[0] === 'string') result[key] = [...new Set(values)].join(', ');
    else if (key === 'lost') result[key] = values.reduce((a, b) => a + b, 0);
    else if (key === 'csimLeast') result[key] = Math.min(...values);
    else result[key] = values.reduce((a, b) => a + b, 0) / values.length;
  }
  return result;
}

/** The same tree with numbers of five digits, keys of regions and signals in their usual order. */
export function rounded(value) {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(5));
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  const order = [...REGIONS, ...Object.keys(SIGNALS)];
  const keys = Object.keys(value).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return Object.fromEntries(keys.map((key) => [key, rounded(value[key])]));
}

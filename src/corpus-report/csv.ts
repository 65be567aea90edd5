import type { Estimate, Evaluation } from '../metrics/evaluate.js';
import type { DetectorResult, UnitResult } from './report.js';
import type { DetectorSamples } from './samples.js';

type Cell = string | number | null;

/** Every rate of every part in one long table. */
export function metricsCsv(detectors: readonly DetectorResult[]): string {
  const rows: Cell[][] = [['detector', 'unit', 'dimension', 'slice', 'against', 'attacks', 'bona_fide', 'metric', 'species', 'value', 'low', 'high']];
  for (const { name, video, frame } of detectors) {
    for (const [unit, result] of [['clip', video], ['frame', frame]] as const) {
      if (result === null) continue;
      for (const part of partsOf(result)) {
        const { attacks, bonaFide } = part.rates.counts;
        for (const cells of ratesOf(part.rates)) rows.push([name, unit, part.dimension, part.name, part.against, attacks, bonaFide, ...cells]);
      }
    }
  }
  return toCsv(rows);
}

/** Every clip with its score. */
export function scoresCsv(detectors: readonly DetectorSamples[]): string {
  const rows: Cell[][] = [['detector', 'item', 'level', 'label', 'species', 'identity', 'split', 'quality', 'driver', 'mark', 'score']];
  for (const { detector, video } of detectors) {
    for (const { clip, score } of video) {
      const { item, compression, label, species, identity, split, quality, driver, mark } = clip;
      rows.push([detector.name, item, compression, label, species, identity, split, quality, driver, mark, score]);
    }
  }
  return toCsv(rows);
}

function partsOf({ overall, slices }: UnitResult): { dimension: string; name: string; against: string; rates: Evaluation }[] {
  return [{ dimension: 'all', name: 'all', against: 'slice', rates: overall }, ...slices];
}

function ratesOf({ auc, averagePrecision, eer, atThreshold, atApcer }: Evaluation): Cell[][] {
  const estimate = (metric: string, one: Estimate | null): Cell[][] => (one === null ? [] : [[metric, null, one.value, one.interval?.low ?? null, one.interval?.high ?? null]]);
  return [
    ...estimate('auc', auc),
    ...estimate('average_precision', averagePrecision),
    ...estimate('eer', eer),
    ...estimate('apcer', atThreshold.apcer),
    ...estimate('bpcer', atThreshold.bpcer),
    ...atThreshold.species.map(({ species, apcer }): Cell[] => ['apcer', species, apcer, null, null]),
    ...atApcer.flatMap(({ limit, bpcer }) => estimate(`bpcer_at_apcer_${String(limit)}`, bpcer)),
  ];
}

function toCsv(rows: readonly (readonly Cell[])[]): string {
  return `${rows.map((row) => row.map(cellText).join(',')).join('\n')}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

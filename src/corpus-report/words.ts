import type { Estimate, Evaluation } from '../metrics/evaluate.js';
import type { DetectorResult, UnitResult } from './report.js';

/** What pages are made of: headings, sentences, tables and charts, whatever the language of the page. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'chart'; readonly name: string; readonly title: string };

/** 0.731 [0.652, 0.804] */
export function number({ value, interval }: Estimate): string {
  return interval === null ? value.toFixed(3) : `${value.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
}

/** 26.9 % [19.6, 34.8] */
export function percent({ value, interval }: Estimate): string {
  const tenths = (rate: number): string => (rate * 100).toFixed(1);
  return interval === null ? `${tenths(value)} %` : `${tenths(value)} % [${tenths(interval.low)}, ${tenths(interval.high)}]`;
}

/** Table cells where a rate can't be told. */
export const NOTHING = '-';

/** One row for each detector and unit. */
export function overallTable(detectors: readonly DetectorResult[]): Block {
  const rows = detectors.flatMap(({ name, video, frame }) => [row(name, 'clips', video), ...(frame === null ? [] : [row(name, 'frames', frame)])]);
  return { kind: 'table', head: ['detector', 'of', 'synthetic', 'bona fide', 'AUC', 'AP', 'EER', 'BPCER at APCER 10 %', 'at 5 %', 'at 1 %'], rows };
}

function row(name: string, unit: string, { overall }: UnitResult): string[] {
  const { counts, auc, averagePrecision, eer, atApcer } = overall;
  const at = (limit: number): string => {
    const point = atApcer.find((one) => one.limit === limit);
    return point === undefined ? NOTHING : percent(point.bpcer);
  };
  return [name, unit, String(counts.attacks), String(counts.bonaFide), auc ? number(auc) : NOTHING, averagePrecision ? number(averagePrecision) : NOTHING, eer ? percent(eer) : NOTHING, at(0.1), at(0.05), at(0.01)];
}

/** APCER of each species at the detector's own threshold and at the three limits. */
export function speciesTable({ overall }: UnitResult): Block {
  const points = [{ name: `at its threshold ${overall.atThreshold.threshold.toFixed(2)}`, ...overall.atThreshold }, ...overall.atApcer.map((point) => ({ name: `at APCER ${(point.limit * 100).toFixed(0)} %`, ...point }))];
  const species = overall.atThreshold.species;
  return {
    kind: 'table',
    head: ['operating point', 'threshold', 'BPCER', 'APCER, worst', ...species.map(({ species: name, count }) => `${name} (${String(count)})`)],
    rows: points.map((point) => [
      point.name,
      point.threshold === null ? 'none' : point.threshold.toFixed(3),
      point.bpcer ? percent(point.bpcer) : NOTHING,
      point.apcer ? percent(point.apcer) : NOTHING,
      ...point.species.map(({ apcer }) => `${(apcer * 100).toFixed(1)} %`),
    ]),
  };
}

/** One row for each slice of a unit. */
export function sliceTable({ slices }: UnitResult): Block {
  return {
    kind: 'table',
    head: ['by', 'slice', 'synthetic', 'bona fide', 'AUC', 'AP', 'EER', 'APCER', 'BPCER'],
    rows: slices.map(({ dimension, name, against, rates }) => {
      const { counts, auc, averagePrecision, eer, atThreshold }: Evaluation = rates;
      const [attacks, bonaFide] = [String(counts.attacks), String(counts.bonaFide)];
      return [
        dimension,
        name,
        against === 'all synthetic' ? `all ${attacks}` : attacks,
        against === 'all bona fide' ? `all ${bonaFide}` : bonaFide,
        auc ? number(auc) : NOTHING,
        averagePrecision ? number(averagePrecision) : NOTHING,
        eer ? percent(eer) : NOTHING,
        atThreshold.apcer ? percent(atThreshold.apcer) : NOTHING,
        atThreshold.bpcer ? percent(atThreshold.bpcer) : NOTHING,
      ];
    }),
  };
}

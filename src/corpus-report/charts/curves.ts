import { probit } from '../../metrics/probit.js';
import type { CurvePoint, DetectorResult } from '../report.js';
import { COLOURS, drawPlot, drawSeries, line, linearAxis, type Axis, type Series } from './plot.js';

/** Rates of a DET curve's axes; what lies outside is drawn at their ends. */
const DET_TICKS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

/** Receiver operating characteristic: attacks caught over bona fide clips rejected. */
export function rocChart(detectors: readonly DetectorResult[]): string {
  const series = seriesOf(detectors, ({ apcer, bpcer }) => [bpcer, 1 - apcer]);
  return drawPlot({
    title: 'ROC',
    x: linearAxis('BPCER: bona fide called an attack, %'),
    y: linearAxis('1 - APCER: attacks caught, %'),
    legend: series,
    legendAt: 'bottom right',
    draw: (toX, toY) => line(toX(0), toY(0), toX(1), toY(1), '#999') + series.map((one) => drawSeries(one, toX, toY)).join(''),
  });
}

/** Detection error trade-off: both errors, on axes of normal quantiles. */
export function detChart(detectors: readonly DetectorResult[]): string {
  const series = seriesOf(detectors, ({ apcer, bpcer }) => [apcer, bpcer]);
  return drawPlot({
    title: 'DET',
    x: probitAxis('APCER: attacks that pass, %'),
    y: probitAxis('BPCER: bona fide called an attack, %'),
    legend: series,
    legendAt: 'top right',
    draw: (toX, toY) => line(toX(DET_TICKS[0]!), toY(DET_TICKS[0]!), toX(DET_TICKS.at(-1)!), toY(DET_TICKS.at(-1)!), '#bbb') + series.map((one) => drawSeries(one, toX, toY)).join(''),
  });
}

/** One line for each detector's clips, and a thin one for its frames. */
function seriesOf(detectors: readonly DetectorResult[], toPoint: (point: CurvePoint) => readonly [number, number]): Series[] {
  return detectors.flatMap(({ name, video, frame }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const clips: Series = { name: frame === null ? name : `${name}, clips`, colour, points: video.curve.map(toPoint) };
    return frame === null ? [clips] : [clips, { name: `${name}, frames`, colour, dashed: true, points: frame.curve.map(toPoint) }];
  });
}

function probitAxis(title: string): Axis {
  const low = DET_TICKS[0]!;
  const high = DET_TICKS.at(-1)!;
  const span = probit(high) - probit(low);
  return {
    title,
    ticks: DET_TICKS.map((value) => ({ value, label: String(Number((value * 100).toFixed(1))) })),
    place: (value) => (probit(Math.min(high, Math.max(low, value))) - probit(low)) / span,
  };
}

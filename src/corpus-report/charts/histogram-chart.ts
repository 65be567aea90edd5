import type { DetectorResult } from '../report.js';
import { COLOURS, drawPlot, line, linearAxis, type Axis } from './plot.js';

const CLASSES = [
  { key: 'bonaFide', name: 'bona fide', colour: COLOURS[0] },
  { key: 'attack', name: 'synthetic', colour: COLOURS[1] },
] as const;

const THRESHOLD = '#222';
/** Room above the highest bar, in heights of it: for the legend, which would hide what lies under it. */
const HEADROOM = 0.3;

/** How one detector's scores of clips are spread, each class by itself; the line is its threshold. */
export function histogramChart({ name, threshold, video }: DetectorResult): string {
  const shares = CLASSES.map(({ key }) => {
    const { counts, edges } = video.histograms[key];
    const sum = counts.reduce((total, count) => total + count, 0);
    return { edges, shares: counts.map((count) => (sum === 0 ? 0 : count / sum)) };
  });
  const top = Math.max(0.05, ...shares.flatMap(({ shares: all }) => all));
  return drawPlot({
    title: `${name}: scores of clips`,
    x: linearAxis('score: 0 looks real, 1 looks like an attack', false),
    y: shareAxis(top),
    legend: [...CLASSES, { name: `its threshold, ${String(Number(threshold.toFixed(3)))}`, colour: THRESHOLD }],
    legendAt: 'top right',
    draw: (toX, toY) =>
      CLASSES.map(({ colour }, c) =>
        shares[c]!.shares
          .map((share, i) => {
            if (share === 0) return '';
            const [left, right] = [toX(shares[c]!.edges[i]!), toX(shares[c]!.edges[i + 1]!)];
            // Both classes side by side in each bin.
            const half = (right - left) / 2;
            return `<rect x="${(left + c * half + 0.5).toFixed(1)}" y="${toY(share).toFixed(1)}" width="${(half - 1).toFixed(1)}" height="${(toY(0) - toY(share)).toFixed(1)}" fill="${colour}"/>`;
          })
          .join(''),
      ).join('') + line(toX(threshold), toY(0), toX(threshold), toY(top * (1 + HEADROOM)), THRESHOLD),
  });
}

function shareAxis(top: number): Axis {
  const step = [0.02, 0.05, 0.1, 0.2].find((one) => top / one <= 6) ?? 0.25;
  const highest = top * (1 + HEADROOM);
  const ticks = Array.from({ length: Math.floor(Math.min(1, highest) / step) + 1 }, (_, i) => ({ value: i * step, label: (i * step * 100).toFixed(0) }));
  return { title: 'share of the class, %', ticks, place: (value) => value / highest };
}

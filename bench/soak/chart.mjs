// Memory over a long clip, a line for each backend.
import { COLOURS, drawPlot, drawSeries } from '../../dist/corpus-report/charts/plot.js';

/** SVG. */
export function soakChart(rows) {
  const shown = rows.filter(({ samples }) => samples?.length > 0);
  const seconds = Math.max(...shown.map(({ clipSeconds }) => clipSeconds));
  const most = Math.ceil(Math.max(...shown.flatMap(({ samples }) => samples.map(({ rssMB }) => rssMB))) / 100) * 100;
  const series = shown.map(({ name, fps, flat, tensors, samples }, k) => ({
    name: `${name.replace(':', ', ')}, ${tensors?.last ?? '?'} tensors${flat ? '' : ', not flat'}`,
    colour: COLOURS[k % COLOURS.length],
    points: samples.map(({ frame, rssMB }) => [frame / fps, rssMB]),
  }));
  return drawPlot({
    title: 'Memory over one clip',
    x: axis('second of the clip', seconds),
    y: axis('resident MB', most),
    legend: series,
    legendAt: 'bottom right',
    draw: (toX, toY) => series.map((one) => drawSeries(one, toX, toY)).join(''),
  });
}

/** From 0 to `most`, in five steps. */
function axis(title, most) {
  return { title, ticks: [0, 1, 2, 3, 4, 5].map((k) => ({ value: (most * k) / 5, label: String(Number(((most * k) / 5).toFixed(1))) })), place: (value) => value / most };
}

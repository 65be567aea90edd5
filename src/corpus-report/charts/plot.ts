import { drawText, escapeXml, textWidth } from './text.js';

/** Told apart also by people who see few colours (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
const INK = '#222';
const GRID = '#ddd';
const SIZE = { width: 560, height: 460 } as const;
const MARGIN = { left: 66, right: 18, top: 38, bottom: 58 } as const;
const SMALL = 13;

/** One axis: where a value lies, and which values are written. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** 0 at the start of the axis, 1 at its end. */
  place(value: number): number;
}

/** A line in a plot. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean | undefined;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot: axes, what `draw` adds in pixels of the plot, and a legend. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly legend: readonly { readonly name: string; readonly colour: string; readonly dashed?: boolean | undefined }[];
  /** Where the legend has room. */
  readonly legendAt: 'top right' | 'bottom right';
  draw(toX: (value: number) => number, toY: (value: number) => number): string;
}

/** An axis from 0 to 1, in per cent or as numbers. */
export function linearAxis(title: string, percent = true): Axis {
  const values = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return { title, ticks: values.map((value) => ({ value, label: percent ? (value * 100).toFixed(0) : value.toFixed(1) })), place: (value) => value };
}

/** A whole SVG picture. */
export function drawPlot({ title, x, y, legend, legendAt, draw }: Plot): string {
  const { width, height } = SIZE;
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const toX = (value: number): number => MARGIN.left + x.place(value) * (right - MARGIN.left);
  const toY = (value: number): number => bottom - y.place(value) * (bottom - MARGIN.top);
  const parts = [
    `<rect width="${String(width)}" height="${String(height)}" fill="#fff"/>`,
    drawText(title, MARGIN.left, 24, { size: 17 }),
    ...x.ticks.map(({ value, label }) => line(toX(value), MARGIN.top, toX(value), bottom, GRID) + drawText(label, toX(value), bottom + 18, { size: SMALL, anchor: 'middle' })),
    ...y.ticks.map(({ value, label }) => line(MARGIN.left, toY(value), right, toY(value), GRID) + drawText(label, MARGIN.left - 7, toY(value) + 4.5, { size: SMALL, anchor: 'end' })),
    drawText(x.title, (MARGIN.left + right) / 2, height - 14, { size: 14, anchor: 'middle' }),
    drawText(y.title, 20, (MARGIN.top + bottom) / 2, { size: 14, anchor: 'middle', rotate: -90 }),
    draw(toX, toY),
    `<rect x="${String(MARGIN.left)}" y="${String(MARGIN.top)}" width="${String(right - MARGIN.left)}" height="${String(bottom - MARGIN.top)}" fill="none" stroke="${INK}"/>`,
    drawLegend(legend, right - 8, legendAt === 'top right' ? MARGIN.top + 8 : bottom - 8 - legend.length * 20),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}" role="img" aria-label="${escapeXml(title)}">${parts.join('')}</svg>\n`;
}

/** A line through points in plot values. */
export function drawSeries({ colour, dashed, points }: Series, toX: (value: number) => number, toY: (value: number) => number): string {
  const path = points.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${dashed ? '1.4' : '2.2'}"${dashed ? ' stroke-dasharray="5 4"' : ''} stroke-linejoin="round"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"/>`;
}

function drawLegend(entries: Plot['legend'], right: number, top: number): string {
  if (entries.length === 0) return '';
  const width = Math.max(...entries.map(({ name }) => textWidth(name, SMALL))) + 46;
  const box = `<rect x="${(right - width).toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${String(entries.length * 20 + 6)}" fill="#fff" fill-opacity="0.85"/>`;
  const lines = entries.map(({ name, colour, dashed }, i) => {
    const y = top + 20 * i + 13;
    return drawSeries({ name, colour, dashed, points: [[0, 0], [1, 0]] }, (x) => right - width + 8 + 24 * x, () => y) + drawText(name, right - width + 38, y + 4.5, { size: SMALL });
  });
  return box + lines.join('');
}

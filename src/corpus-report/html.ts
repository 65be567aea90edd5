import { escapeXml } from './charts/text.js';
import type { Block } from './words.js';

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:72em;margin:2em auto;padding:0 1em}' +
  'table{border-collapse:collapse;display:block;overflow-x:auto;margin:1em 0}th,td{border:1px solid #ccc;padding:.25em .6em;text-align:left;white-space:nowrap;font-variant-numeric:tabular-nums}' +
  'th{background:#f4f4f4}blockquote{border-left:4px solid #e69f00;margin:1em 0;padding:.2em 1em;background:#fdf6e8}svg{max-width:100%;height:auto}';

/**
 * The page as one HTML file that needs nothing else: no script, no font, no network.
 *
 * @param charts - SVG by name
 */
export function toHtml(title: string, blocks: readonly Block[], charts: ReadonlyMap<string, string>): string {
  const body = blocks.map((block) => asHtml(block, charts)).join('\n');
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escapeXml(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function asHtml(block: Block, charts: ReadonlyMap<string, string>): string {
  switch (block.kind) {
    case 'heading':
      return `<h${String(block.level)}>${escapeXml(block.text)}</h${String(block.level)}>`;
    case 'text':
      return `<p>${escapeXml(block.text)}</p>`;
    case 'note':
      return `<blockquote>${escapeXml(block.text)}</blockquote>`;
    case 'chart':
      return charts.get(block.name) ?? '';
    case 'table':
      return `<table>\n<tr>${block.head.map((cell) => `<th>${escapeXml(cell)}</th>`).join('')}</tr>\n${block.rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeXml(cell)}</td>`).join('')}</tr>`).join('\n')}\n</table>`;
  }
}

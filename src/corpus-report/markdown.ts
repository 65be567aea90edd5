import type { Block } from './words.js';

/** The page as Markdown; charts are PNG files beside it. */
export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(block).join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'heading':
      return `${'#'.repeat(one.level)} ${one.text}`;
    case 'text':
      return one.text;
    case 'note':
      return `> ${one.text}`;
    case 'chart':
      return `![${one.title}](${one.name}.png)`;
    case 'table':
      return [one.head, one.head.map(() => '---'), ...one.rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
  }
}

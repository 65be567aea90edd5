/** Columns whose cells are numbers. */
const NUMBERS = new Set(['seed', 'side', 'margin', 'render', 'seconds', 'decoy', 'start', 'end', 'segments', 'takes', 'count', 'amplitude', 'smooth', 'train', 'val', 'test']);
/** Columns whose cells are lists, separated by semicolons. */
const LISTS = new Set(['photos', 'levels', 'subjects', 'drivers']);

/** A row of a table with the number of the line it starts in, from 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Splits RFC 4180 text into rows: fields in double quotes may hold commas, line breaks and doubled quotes. Blank lines are left
 * out.
 *
 * @throws SyntaxError when a quote isn't closed, with the line it was opened in as `cause`
 */
export function parseCsv(text: string): Row[] {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let rowLine = 1;
  let quotedSince = 0;
  const endCell = (): void => {
    cells.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    if (cells.some((value) => value.trim() !== '')) rows.push({ line: rowLine, cells });
    cells = [];
    rowLine = line + 1;
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (quotedSince > 0) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quotedSince = 0;
    } else if (letter === '"' && cell === '') quotedSince = line;
    else if (letter === ',') endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r' || text[i + 1] !== '\n') cell += letter;
    if (letter === '\n') line++;
  }
  if (quotedSince > 0) throw new SyntaxError('a double quote is never closed', { cause: quotedSince });
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

/**
 * A row as the object that the same line of a JSONL manifest would be: `rights.basis` and its like are fields of an object,
 * `groups.medium` of `groups`; the settings of a design row are its one setting. Empty cells are absent.
 */
export function rowToObject(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [i, column] of header.entries()) {
    const text = (cells[i] ?? '').trim();
    if (text === '' || column === '') continue;
    const [parent, child] = column.split('.', 2) as [string, string | undefined];
    if (child === undefined) line[parent] = fromCell(parent, text);
    else line[parent] = { ...(line[parent] as object | undefined), [child]: parent === 'groups' ? text : fromCell(child, text) };
  }
  if (line['settings'] !== undefined) line['settings'] = [line['settings']];
  return line;
}

function fromCell(name: string, text: string): unknown {
  if (LISTS.has(name)) return text.split(';').map((entry) => entry.trim());
  if (name === 'driverPixels') return text === 'true' ? true : text === 'false' ? false : text;
  return NUMBERS.has(name) && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : text;
}

import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { VivantError } from '../../core/errors.js';
import { parseCsv, rowToObject } from './csv.js';
import { checkReferences } from './references.js';
import { type ManifestLine, manifestLineSchema } from './schema.js';

/** A line of a manifest and its number, from 1. */
export interface Numbered<T extends ManifestLine = ManifestLine> {
  readonly line: number;
  readonly entry: T;
}

/** Everything wrong with one line. */
export interface ManifestIssue {
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** A rights record is missing or incomplete. */
  readonly rights?: boolean;
}

/** So many problems are spelled out in the message; `details.issues` has all of them. */
const SHOWN = 8;

/**
 * Reads and checks a manifest: JSON Lines, or CSV when the name ends in `.csv`. All lines are checked before anything is said.
 *
 * @throws VivantError `INPUT_NOT_FOUND`; `RIGHTS_REQUIRED` when all that is wrong are missing rights, else `INVALID_MANIFEST`; both
 * with `details.issues`, a list of `{ line, message }`
 */
export async function readManifest(path: string): Promise<readonly Numbered[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VivantError('INPUT_NOT_FOUND', `Expected a corpus manifest at ${path} but it can't be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, { details: { path }, cause });
  });
  const issues: ManifestIssue[] = [];
  const parsed = /\.csv$/i.test(path) ? fromCsv(text, issues) : fromJsonLines(text, issues);
  const lines: Numbered[] = [];
  for (const { line, value } of parsed) {
    const result = manifestLineSchema.safeParse(value);
    if (result.success) lines.push({ line, entry: result.data });
    else issues.push(...result.error.issues.map((issue) => describe(line, issue, value)));
  }
  // References to lines that don't parse would be reported twice.
  if (issues.length === 0) issues.push(...checkReferences(lines));
  if (issues.length > 0) throw manifestError(path, issues);
  return lines;
}

/** The error of a manifest with problems. */
export function manifestError(path: string, issues: readonly ManifestIssue[]): VivantError {
  const sorted = [...issues].sort((a, b) => a.line - b.line);
  const shown = sorted.slice(0, SHOWN).map(({ line, message }) => `line ${line}: ${message}`);
  if (sorted.length > SHOWN) shown.push(`and ${sorted.length - SHOWN} more`);
  const code = sorted.every(({ rights }) => rights) ? 'RIGHTS_REQUIRED' : 'INVALID_MANIFEST';
  return new VivantError(code, `${path}: ${shown.join('; ')}. The schema is in docs/schemas/corpus-manifest.json.`, {
    details: { path, issues: sorted.map(({ line, message }) => ({ line, message })) },
  });
}

interface Raw {
  readonly line: number;
  readonly value: unknown;
}

function fromJsonLines(text: string, issues: ManifestIssue[]): Raw[] {
  return text.split('\n').flatMap((content, i): Raw[] => {
    if (content.trim() === '') return [];
    try {
      return [{ line: i + 1, value: JSON.parse(content) as unknown }];
    } catch (error) {
      issues.push({ line: i + 1, message: `not JSON (${(error as Error).message})` });
      return [];
    }
  });
}

function fromCsv(text: string, issues: ManifestIssue[]): Raw[] {
  try {
    const [header, ...rows] = parseCsv(text.replace(/^\uFEFF/, ''));
    const columns = header?.cells.map((name) => name.trim()) ?? [];
    if (!columns.includes('type')) {
      issues.push({ line: header?.line ?? 1, message: 'the first row of a CSV manifest names its columns, and one of them is `type`' });
      return [];
    }
    return rows.flatMap(({ line, cells }): Raw[] => {
      if (cells.length <= columns.length) return [{ line, value: rowToObject(columns, cells) }];
      issues.push({ line, message: `${cells.length} cells under ${columns.length} columns` });
      return [];
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    issues.push({ line: error.cause as number, message: error.message });
    return [];
  }
}

function describe(line: number, issue: z.core.$ZodIssue, value: unknown): ManifestIssue {
  const place = issue.path.join('.');
  const type = (value as { type?: unknown } | null)?.type;
  if (place === 'type' || place === '') {
    return { line, message: place === '' ? `expected an object with a \`type\`: ${issue.message}` : `unknown \`type\` ${JSON.stringify(type)}; it is one of corpus, subject, driver, recording, design` };
  }
  const given = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const missing = given === undefined;
  if (issue.path[0] === 'rights' && missing) {
    return { line, rights: true, message: `\`${place}\` is missing: a ${String(type)} is a person; say on what ground the likeness may be used and whose it is` };
  }
  return { line, message: missing ? `\`${place}\` is missing` : `\`${place}\`: ${issue.message}, received ${JSON.stringify(given)?.slice(0, 80)}` };
}

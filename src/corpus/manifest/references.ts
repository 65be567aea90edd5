import type { ManifestIssue, Numbered } from './read.js';
import type { ManifestLine } from './schema.js';

/** Whatever must hold between lines: ids are unique, a design names what is there, an identity is in one split. */
export function checkReferences(lines: readonly Numbered[]): readonly ManifestIssue[] {
  return [...checkCounts(lines), ...checkIds(lines), ...checkRanges(lines), ...checkDesigns(lines), ...checkFixedSplits(lines)];
}

function of<T extends ManifestLine['type']>(lines: readonly Numbered[], type: T): readonly Numbered<Extract<ManifestLine, { type: T }>>[] {
  return lines.filter((line): line is Numbered<Extract<ManifestLine, { type: T }>> => line.entry.type === type);
}

function checkCounts(lines: readonly Numbered[]): ManifestIssue[] {
  const corpora = of(lines, 'corpus');
  const last = Math.max(1, ...lines.map(({ line }) => line));
  if (corpora.length === 0) return [{ line: 1, message: 'a line of `type` corpus is missing: it names the corpus' }];
  const issues = corpora.slice(1).map(({ line }) => ({ line, message: `there is a line of \`type\` corpus already, line ${corpora[0]!.line}` }));
  const { splits } = corpora[0]!.entry;
  if (splits.train + splits.val + splits.test <= 0) issues.push({ line: corpora[0]!.line, message: '`splits`: at least one share must be above 0' });
  if (of(lines, 'design').length === 0 && of(lines, 'recording').length === 0) issues.push({ line: last, message: 'there is nothing to make: add a line of `type` design or recording' });
  return issues;
}

function checkIds(lines: readonly Numbered[]): ManifestIssue[] {
  const issues: ManifestIssue[] = [];
  for (const type of ['subject', 'driver', 'recording'] as const) {
    const seen = new Map<string, number>();
    for (const { line, entry } of of(lines, type)) {
      const first = seen.get(entry.id);
      if (first === undefined) seen.set(entry.id, line);
      else issues.push({ line, message: `\`id\` ${entry.id} is taken by the ${type} of line ${first}` });
    }
  }
  return issues;
}

function checkRanges(lines: readonly Numbered[]): ManifestIssue[] {
  return [...of(lines, 'driver'), ...of(lines, 'recording')].flatMap(({ line, entry }) =>
    entry.end !== undefined && entry.end <= (entry.start ?? 0) ? [{ line, message: `\`end\` (${entry.end}) must lie after \`start\` (${entry.start ?? 0})` }] : [],
  );
}

function checkDesigns(lines: readonly Numbered[]): ManifestIssue[] {
  const known = { subjects: new Set(of(lines, 'subject').map(({ entry }) => entry.id)), drivers: new Set(of(lines, 'driver').map(({ entry }) => entry.id)) };
  return of(lines, 'design').flatMap(({ line, entry }) =>
    (['subjects', 'drivers'] as const).flatMap((field) => {
      if (known[field].size === 0) return [{ line, message: `a design needs at least one ${field.slice(0, -1)}, but the manifest has none` }];
      return entry[field].filter((name) => name !== '*' && !known[field].has(name)).map((name) => ({ line, message: `\`${field}\`: there is no ${field.slice(0, -1)} ${name}` }));
    }),
  );
}

function checkFixedSplits(lines: readonly Numbered[]): ManifestIssue[] {
  const fixed = new Map<string, { readonly split: string; readonly line: number }>();
  const issues: ManifestIssue[] = [];
  for (const { line, entry } of [...of(lines, 'subject'), ...of(lines, 'driver'), ...of(lines, 'recording')].sort((a, b) => a.line - b.line)) {
    if (entry.split === undefined) continue;
    const identity = entry.identity ?? entry.id;
    const first = fixed.get(identity);
    if (first === undefined) fixed.set(identity, { split: entry.split, line });
    else if (first.split !== entry.split) issues.push({ line, message: `\`split\`: identity ${identity} is in ${first.split} by line ${first.line}; one identity can't be in two splits` });
  }
  return issues;
}

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * The files of a PNG sequence in the order of their numbers.
 *
 * @param path - a folder (all its PNG files), or a pattern with `%d` or `%04d` in the file name
 */
export async function sequenceFrames(path: string): Promise<readonly string[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const folder = isFolder ? path : dirname(path);
  const name = isFolder ? /(\d+)\.png$/i : patternExpression(basename(path));
  const numbered = (await readdir(folder)).flatMap((file) => {
    const match = name.exec(file);
    return match === null ? [] : [{ file, number: Number(match[1]) }];
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ file }) => join(folder, file));
}

/** Where the sidecar of a file, a folder or a pattern lies: beside it. */
export function sidecarPath(path: string): string {
  return `${path.replace(/[/\\]+$/, '')}.c2pa.json`;
}

function patternExpression(pattern: string): RegExp {
  const [before = '', after = ''] = pattern.split(/%(?:0\d+)?d/);
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal(before)}(\\d+)${literal(after)}$`);
}

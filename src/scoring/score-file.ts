import { createHash } from 'node:crypto';
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { VivantError } from '../core/errors.js';
import type { CorpusItem } from '../corpus/read-corpus.js';
import { diskFull } from '../media/encode-failure.js';

// A file of scores is JSON Lines: a head for each run of a detector, then one line for each clip. Lines are only ever
// appended, so a kill loses at most the line that was being written.

const score = z.number().min(0).max(1).nullable();
const headSchema = z.object({
  format: z.literal('tableau-vivant-scores'),
  version: z.literal(1),
  detector: z.object({ name: z.string(), fingerprint: z.string(), threshold: z.number() }),
  framesPerClip: z.int().positive(),
});
const lineSchema = z.object({ key: z.string(), id: z.string(), score, frames: z.array(z.tuple([z.int().nonnegative(), score])) });

/** How the scores after it were made. */
export type ScoreHead = z.infer<typeof headSchema>;
/** What a detector said of one clip. */
export type ScoreLine = z.infer<typeof lineSchema>;

/** The content address of a score: same bytes, same picture, same detector, same frames looked at. */
export function scoreKey({ detector, framesPerClip }: Pick<ScoreHead, 'detector' | 'framesPerClip'>, { sha256, picture }: CorpusItem): string {
  const { x, y, width, height } = picture;
  return createHash('sha256').update(JSON.stringify([detector.fingerprint, framesPerClip, sha256, x, y, width, height])).digest('hex');
}

/** The scores of a file by their keys; of two with the same key the later one counts. */
export interface Scores {
  /** Of the latest run. */
  readonly head: ScoreHead;
  readonly byKey: ReadonlyMap<string, ScoreLine>;
}

/**
 * Reads a file of scores. A last line that was cut off is left out.
 *
 * @returns `undefined` when there is no file, or nothing in it
 * @throws VivantError `INVALID_CORPUS` with the number of a line that is no score
 */
export async function readScores(path: string): Promise<Scores | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new VivantError('INPUT_NOT_FOUND', `The scores in ${path} can't be read: ${String(error)}`, { details: { path }, cause: error });
  });
  const lines = text.split('\n').slice(0, -1);
  const byKey = new Map<string, ScoreLine>();
  let head: ScoreHead | undefined;
  for (const [i, line] of lines.entries()) {
    const value = parseLine(line);
    const asHead = headSchema.safeParse(value);
    const asLine = lineSchema.safeParse(value);
    if (asHead.success) head = asHead.data;
    else if (asLine.success && head !== undefined) byKey.set(asLine.data.key, asLine.data);
    else {
      throw new VivantError('INVALID_CORPUS', `Expected scores in ${path} but line ${String(i + 1)} is none. Delete the file and score again.`, { details: { path, line: i + 1 } });
    }
  }
  return head && { head, byKey };
}

/** Appends scores to a file. */
export class ScoreWriter {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Opens the file for a run, cuts off a torn last line, and writes the head when the last one differs. */
  static async open(path: string, head: ScoreHead, latest: ScoreHead | undefined): Promise<ScoreWriter> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a+');
      const content = await file.readFile();
      await file.truncate(content.lastIndexOf(0x0a) + 1);
      const writer = new ScoreWriter(path, file);
      if (JSON.stringify(latest) !== JSON.stringify(head)) await writer.#append(head);
      return writer;
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** @throws VivantError `DISK_FULL`, `OUTPUT_UNWRITABLE` */
  async write(line: ScoreLine): Promise<void> {
    await this.#append(line);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #append(value: ScoreHead | ScoreLine): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify(value)}\n`);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unwritable(path: string, cause: unknown): unknown {
  if (cause instanceof VivantError) return cause;
  return (
    diskFull(cause, path) ??
    new VivantError('OUTPUT_UNWRITABLE', `The scores can't be written to ${path}: ${String(cause)}. What was written before is kept.`, { details: { path }, cause })
  );
}

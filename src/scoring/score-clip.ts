import { join, resolve } from 'node:path';
import { VivantError } from '../core/errors.js';
import type { LandmarkDetector } from '../core/ports.js';
import type { CorpusItem } from '../corpus/read-corpus.js';
import type { SpoofDetector } from '../detectors/detector.js';
import { fileSha256 } from '../provenance/containers/file-hash.js';
import { sampledFaces } from './sampled-faces.js';
import type { ScoreLine } from './score-file.js';

/** What a clip is scored with. */
export interface ScoringTools {
  readonly dir: string;
  readonly detector: SpoofDetector;
  /** The face detector, started when it is asked for. */
  findFaces(): Promise<LandmarkDetector>;
  readonly framesPerClip: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores one clip. Of a detector that looks at pictures, the clip's score is the mean of those that it answered for.
 *
 * @throws VivantError `INVALID_CORPUS` when the file is not the one of the index; `INPUT_NOT_FOUND`, `UNREADABLE_MEDIA`, `DETECTOR_FAILED`, `ABORTED`
 */
export async function scoreClip(item: CorpusItem, { dir, detector, findFaces, framesPerClip, signal }: ScoringTools): Promise<Omit<ScoreLine, 'key'>> {
  const path = join(dir, item.file);
  const found = await fileSha256(path).catch((cause: unknown) => {
    throw new VivantError('INPUT_NOT_FOUND', `Expected a clip at ${path} but it can't be read. Make the corpus again; what is there is kept.`, { details: { path }, cause });
  });
  if (found !== item.sha256) {
    throw new VivantError('INVALID_CORPUS', `${path} is not the file that the index of the corpus describes: it was changed after it was made.`, { details: { path, expected: item.sha256, found } });
  }
  if (detector.kind === 'video') {
    return { id: item.id, score: await detector.score({ item: item.item, video: resolve(path), picture: item.picture }, signal), frames: [] };
  }
  const frames: [number, number | null][] = [];
  for await (const view of sampledFaces(dir, item, framesPerClip, await findFaces(), signal)) frames.push([view.index, await detector.score(view, signal)]);
  const answers = frames.map(([, score]) => score).filter((score) => score !== null);
  return { id: item.id, score: answers.length === 0 ? null : answers.reduce((sum, score) => sum + score, 0) / answers.length, frames };
}

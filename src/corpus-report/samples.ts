import { VivantError } from '../core/errors.js';
import type { Corpus, CorpusItem } from '../corpus/read-corpus.js';
import type { ScoredSample } from '../metrics/samples.js';
import { scoreKey, type Scores } from '../scoring/score-file.js';

/** A scored clip, or a frame of one, with all that it can be sorted by. */
export interface ReportSample extends ScoredSample {
  readonly clip: CorpusItem;
}

/** What one detector said of a corpus. */
export interface DetectorSamples {
  readonly detector: { readonly name: string; readonly threshold: number };
  readonly framesPerClip: number;
  readonly video: readonly ReportSample[];
  /** Empty for detectors that look at clips as a whole. */
  readonly frame: readonly ReportSample[];
  /** Clips without a score. */
  readonly unscored: number;
}

/**
 * Puts scores beside their clips.
 *
 * @throws VivantError `INVALID_CORPUS` when nothing is scored, or one of the two classes
 */
export function samplesOf({ items, dir }: Pick<Corpus, 'items' | 'dir'>, { head, byKey }: Scores): DetectorSamples {
  const { detector, framesPerClip } = head;
  const video: ReportSample[] = [];
  const frame: ReportSample[] = [];
  for (const clip of items) {
    const line = byKey.get(scoreKey(head, clip));
    if (line === undefined) continue;
    const common = { attack: clip.label === 'attack', species: clip.species ?? '', identity: clip.identity, clip };
    video.push({ ...common, score: line.score });
    for (const [, score] of line.frames) frame.push({ ...common, score });
  }
  const attacks = video.filter(({ attack, score }) => attack && score !== null).length;
  const bonaFide = video.filter(({ attack, score }) => !attack && score !== null).length;
  if (attacks === 0 || bonaFide === 0) {
    const missing = attacks === 0 && bonaFide === 0 ? 'any clip' : attacks === 0 ? 'synthetic clips' : 'bona fide clips';
    const inCorpus = `the corpus has ${String(items.filter(({ label }) => label === 'attack').length)} synthetic and ${String(items.filter(({ label }) => label === 'bona-fide').length)} bona fide files`;
    throw new VivantError(
      'INVALID_CORPUS',
      `Expected ${detector.name} to have scored both classes of ${dir} but it has no score for ${missing} (${inCorpus}). Score them with "vivant corpus score", or add recordings or a design to the manifest.`,
      { details: { dir, detector: detector.name, attacks, bonaFide } },
    );
  }
  return { detector, framesPerClip, video, frame, unscored: items.length - video.length };
}

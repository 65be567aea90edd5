import type { LandmarkDetector } from '../../core/ports.js';
import type { Label } from '../label.js';
import type { Level } from '../levels.js';
import type { Corpus } from '../read-corpus.js';
import type { Evidence } from './evidence.js';

/** What an exporter works with. */
export interface ExportTask {
  readonly corpus: Corpus;
  /** An empty folder that becomes the export. */
  readonly dir: string;
  /** Name of the data set. */
  readonly name: string;
  /** Compression levels, at least one; most layouts hold one. */
  readonly levels: readonly Level[];
  /** Finds faces; started on first use. */
  readonly detector: () => Promise<LandmarkDetector>;
  readonly signal: AbortSignal | undefined;
  /** Called with every finished video. */
  readonly onVideo: () => void;
}

/** What an exporter has written. */
export interface ExportResult {
  readonly videos: Evidence['videos'];
  /** What the user must know or do, in the order it matters. */
  readonly notes: readonly string[];
  /** Videos that the layout can't hold, and why. */
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
}

/** Writes one layout. */
export type Exporter = (task: ExportTask) => Promise<ExportResult>;

/** What the signed list says about a video. */
export function evidenceOf(label: Label, path: string): Evidence['videos'][number] {
  const { id, split, identities, species, mark } = label;
  return { path, item: id, class: label.class, split, identities, species, mark: mark.kind };
}

import type { Split } from '../../design/splits.js';
import { probe } from '../../../media/probe.js';

/** A video as a benchmark's loader sees it. */
export interface ReadVideo {
  /** File or folder, relative to the export. */
  readonly path: string;
  readonly real: boolean;
  readonly split: Split;
  /** False where the layout doesn't tell train from val. */
  readonly splitKnown: boolean;
}

/** Reads an export by the published rules of its layout; knows nothing of how it was written. */
export type Reader = (dir: string) => Promise<{ readonly videos: readonly ReadVideo[]; readonly problems: readonly string[] }>;

/** What is wrong with a video file; `undefined` when it can be read. */
export async function videoProblem(path: string, name: string): Promise<string | undefined> {
  try {
    const { kind, frameCount } = await probe(path);
    return kind === 'video' && frameCount !== 0 ? undefined : `${name} is no video`;
  } catch {
    return `${name} is missing or can't be read as a video`;
  }
}

/** JSON of a file; `undefined` when it is missing or no JSON. */
export function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

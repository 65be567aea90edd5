import type { DisclosureRecord } from '../core/rights.js';
import { markCode, parseMarkCode } from './mark-code.js';
import { rightsWords } from './rights-words.js';

const MARK = /\[tableau-vivant mark ([0-9a-f]{8})\]/i;
const SYNTHETIC_WORDS = /\b(?:AI animation|AI[- ]generated|synthetic (?:media|video|image)|deepfake)\b/i;

/**
 * Container tags (ffmpeg metadata keys) that say in words that this is a synthetic animation, of whom, on what ground.
 * MP4 and MOV keep these keys without flags; Matroska keeps any.
 */
export function tagsFor(record: DisclosureRecord): Record<string, string> {
  const subject = oneLine(record.sitter.subject);
  const statement = `SYNTHETIC VIDEO: an AI animation of a portrait of ${subject}. ${subject} did not perform what is shown.`;
  const rights = oneLine(rightsWords(record));
  return {
    title: oneLine(record.title),
    artist: `${record.tool.name} ${record.tool.version} (AI animation)`,
    genre: 'AI animation',
    comment: `${statement} [tableau-vivant mark ${markCode(record.payload)}]`,
    copyright: rights,
    description: `${statement} ${rights}`,
    synopsis: `${statement} Made with ${record.tool.name} ${record.tool.version} (${record.quality}) on ${record.created}.`,
  };
}

/** What a file's tags say. */
export interface TagReading {
  /** Some tag says that the content is synthetic. */
  readonly synthetic: boolean;
  /** The tag that says it, as written. */
  readonly statement?: string;
  /** Payload of the invisible mark, as the tags repeat it; only files of this tool have one. */
  readonly payload?: number;
}

/** Judges a tag map as a prober gives it; keys may be of any case (Matroska writes capitals). */
export function readTags(tags: Readonly<Record<string, string>>): TagReading {
  const byKey = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
  const ordered = ['comment', 'description', 'synopsis', 'genre', 'artist', 'title', 'copyright', 'software'];
  const statement = ordered.map((key) => byKey.get(key)).find((value) => value !== undefined && SYNTHETIC_WORDS.test(value));
  const code = MARK.exec([...byKey.values()].join('\n'))?.[1];
  const payload = code === undefined ? undefined : parseMarkCode(code);
  return {
    synthetic: statement !== undefined,
    ...(statement === undefined ? {} : { statement }),
    ...(payload === undefined ? {} : { payload }),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

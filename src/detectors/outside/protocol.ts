import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from '../../core/frame.js';
import type { ClipView, FaceView } from '../detector.js';
import { detectorFailed } from '../failure.js';

/** What a command or an endpoint is asked, as one JSON object. `docs/detectors.md` is its contract. */
export type Question = { readonly id: number; readonly item: string } & (
  | { readonly image: string; readonly frame: number; readonly face: FaceView['face'] }
  | { readonly video: string; readonly picture: ClipView['picture'] }
);

/** Writes the picture of a view where a command can read it, and asks. The file is gone when this returns. */
export async function askAboutFrame<T>(view: FaceView, id: number, folder: string, ask: (question: Question) => Promise<T>): Promise<T> {
  const image = join(folder, `${String(id)}.ppm`);
  await writeFile(image, toPpm(view.frame), { mode: 0o600 });
  try {
    return await ask({ id, item: view.item, image, frame: view.index, face: view.face });
  } finally {
    await rm(image, { force: true });
  }
}

/** The score of an answer. @throws VivantError `DETECTOR_FAILED` for anything else. */
export function scoreOf(answer: string, id: number, name: string): number | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch (cause) {
    throw detectorFailed(name, `expected one JSON object but received ${shown(answer)}`, { answer: shown(answer) }, cause);
  }
  const object = typeof parsed === 'object' && parsed !== null ? (parsed as { id?: unknown; score?: unknown; error?: unknown }) : {};
  if (typeof object.error === 'string') throw detectorFailed(name, `it answered with an error: ${object.error}`);
  if (object.id !== undefined && object.id !== id) throw detectorFailed(name, `expected the answer to question ${String(id)} but received ${shown(answer)}`);
  const { score } = object;
  if (score === null || (typeof score === 'number' && score >= 0 && score <= 1)) return score;
  throw detectorFailed(name, `expected {"score": 0..1 or null} but received ${shown(answer)}`, { answer: shown(answer) });
}

function shown(answer: string): string {
  return JSON.stringify(answer.length > 200 ? `${answer.slice(0, 200)}...` : answer);
}

/** Binary PPM: what every imaging library reads, and nothing has to encode. */
export function toPpm({ data, width, height }: Frame): Buffer {
  const head = Buffer.from(`P6\n${String(width)} ${String(height)}\n255\n`, 'latin1');
  const out = Buffer.allocUnsafe(head.length + width * height * 3);
  head.copy(out);
  for (let from = 0, to = head.length; to < out.length; from += 4) {
    out[to++] = data[from]!;
    out[to++] = data[from + 1]!;
    out[to++] = data[from + 2]!;
  }
  return out;
}

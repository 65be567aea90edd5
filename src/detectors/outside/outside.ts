import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStalePartials, reserveTempFolder, type TempPath } from '../../media/temp-files.js';
import type { ClipView, DetectorInfo, FaceView, SpoofDetector } from '../detector.js';
import { asAttackScore } from '../failure.js';
import type { CommandSpec, HttpSpec } from '../spec.js';
import { LineProcess } from './line-process.js';
import { LoopbackClient, loopbackUrl } from './loopback.js';
import { askAboutFrame, scoreOf, type Question } from './protocol.js';

/** Files named in a command that are larger than this don't count for its fingerprint, bytes. */
const LARGEST_HASHED = 256e6;

/** A detector outside this process. */
interface Transport {
  ask(question: string, signal?: AbortSignal): Promise<string>;
  close(): void;
}

/** Opens a command; it is started at the first question. */
export async function openCommandDetector(spec: CommandSpec): Promise<SpoofDetector> {
  const { name, command, timeoutSeconds } = spec;
  const child = new LineProcess(name, command, timeoutSeconds);
  const fingerprint = createHash('sha256').update(JSON.stringify(spec));
  // The files that a command names are part of what it is: python score.py --weights model.pt
  for (const word of command.split(/\s+/)) {
    const path = word.replace(/^["']|["']$/g, '');
    if (path !== '' && existsSync(path) && statSync(path).isFile() && statSync(path).size <= LARGEST_HASHED) fingerprint.update(await readFile(path));
  }
  return openOutside(spec, fingerprint.digest('hex'), { ask: (question, signal) => child.ask(question, signal), close: () => child.stop() });
}

/**
 * Opens an endpoint on this machine.
 *
 * @throws VivantError `INVALID_OPTION` for an address elsewhere
 */
export async function openHttpDetector(spec: HttpSpec): Promise<SpoofDetector> {
  const client = new LoopbackClient(spec.name, loopbackUrl(spec.url), spec.timeoutSeconds);
  return openOutside(spec, createHash('sha256').update(JSON.stringify(spec)).digest('hex'), client);
}

async function openOutside(spec: CommandSpec | HttpSpec, fingerprint: string, transport: Transport): Promise<SpoofDetector> {
  const { name, threshold } = spec;
  const info: DetectorInfo = { name, threshold, fingerprint };
  const folder = spec.input === 'frames' ? await reservePictures() : undefined;
  let questions = 0;
  const ask = async (question: Question, signal?: AbortSignal): Promise<number | null> => {
    const answer = await transport.ask(JSON.stringify(question), signal);
    return asAttackScore(scoreOf(answer, question.id, name), spec.scores);
  };
  const close = async (): Promise<void> => {
    transport.close();
    await folder?.remove();
  };
  if (folder === undefined) return { kind: 'video', info, close, score: ({ item, video, picture }: ClipView, signal) => ask({ id: ++questions, item, video, picture }, signal) };
  return { kind: 'frames', info, close, score: (view: FaceView, signal) => askAboutFrame(view, ++questions, folder.path, (question) => ask(question, signal)) };
}

/** A folder for the pictures that are asked about; those of runs that were killed go away. */
async function reservePictures(): Promise<TempPath> {
  const place = join(tmpdir(), 'vivant-detector');
  await removeStalePartials(place);
  return reserveTempFolder(place);
}

import { stat } from 'node:fs/promises';
import { DISCLOSURE_LAYERS, type VerifyReport, type VerifyStage } from '../../core/disclosure.js';
import { VivantError } from '../../core/errors.js';
import type { FrameSource } from '../../core/ports.js';
import { withFile } from '../containers/byte-reader.js';
import { readManifest } from '../c2pa/read.js';
import { C2PA_MIME, sniffContainer } from '../containers/container.js';
import { sequenceFrames } from '../containers/frame-sequence.js';
import { saysSynthetic } from '../source-type.js';
import { readTags } from '../tags.js';
import { isOurs, manifestHolds, sidecarHolds, type Evidence } from './evidence.js';
import { judgeLayers } from './layers.js';
import { readPixels } from './pixels.js';
import { findSequenceSidecar, findSidecar } from './sidecar.js';
import { explain } from './words.js';
import { readEmbeddedTags, readXmp } from '../xmp/xmp.js';
import { parseXmpPacket } from '../xmp/xmp-packet.js';

/** What verification needs from the media stage. */
export interface VerifyIo {
  /** Decodes a clip or a picture. */
  readonly openFrames: (path: string) => Promise<FrameSource>;
  /** Container tags. */
  readonly tags: (path: string) => Promise<Readonly<Record<string, string>>>;
  /** Runs the work of a stage; may take its time. Default: just runs it. */
  readonly measure?: <T>(stage: VerifyStage, work: () => Promise<T>) => Promise<T>;
}

/** The findings, without what only the caller's clock knows. */
export type Verified = Omit<VerifyReport, 'stages'>;

/**
 * Reads every disclosure layer of a video, a picture or a PNG sequence and says in plain words what it is. Made for files
 * of unknown origin; nothing is fetched.
 *
 * @param path - a file; or, for a PNG sequence, its folder or a pattern such as `frames/%04d.png`
 * @throws VivantError INPUT_NOT_FOUND when nothing is there; UNREADABLE_MEDIA when it is no media; what `io` throws
 */
export async function verifyFile(path: string, io: VerifyIo): Promise<Verified> {
  const evidence = await gather(path, io);
  const layers = judgeLayers(evidence);
  const disclosed = saysSo(evidence);
  const signed = manifestHolds(evidence) || sidecarHolds(evidence);
  const complete = DISCLOSURE_LAYERS.every((layer) => layers[layer].status === 'present' || layers[layer].status === 'unsupported');
  const facts = { disclosed, intact: disclosed && signed && complete, layers, rights: rightsOf(evidence), ingredients: ingredientsOf(evidence) };
  return { file: path, ...facts, explanation: explain(facts, isOurs(evidence), signed) };
}

async function gather(path: string, io: VerifyIo): Promise<Evidence> {
  const { measure = (_, work) => work() } = io;
  const frames = await framesAt(path);
  // A sequence carries the same words in every frame: the first one speaks for all.
  const first = frames?.[0] ?? path;
  const { container, tags, packet } = await measure('container', () => readWords(first, io));
  const mime = frames === undefined ? C2PA_MIME[container] : undefined;
  const signatures = () => Promise.all([mime === undefined ? undefined : readManifest(path, mime), frames === undefined ? findSidecar(path) : findSequenceSidecar(path, frames)]);
  const [[manifest, sidecar], pixels] = await Promise.all([measure('signature', signatures), measure('pixels', () => readPixels(openAll(frames ?? [path], io)))]);
  return { container, isSequence: frames !== undefined, tags: readTags(tags), xmp: packet === undefined ? undefined : parseXmpPacket(packet), manifest, sidecar, ...pixels };
}

async function readWords(path: string, io: VerifyIo) {
  const container = await withFile(path, sniffContainer);
  const tags = { ...(await io.tags(path)), ...(await withFile(path, (reader) => readEmbeddedTags(reader, container))) };
  return { container, tags, packet: await withFile(path, (reader) => readXmp(reader, container)) };
}

/** The frames of a sequence; `undefined` for a single file. */
async function framesAt(path: string): Promise<readonly string[] | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() === true) {
    if (info.size === 0) throw new VivantError('UNREADABLE_MEDIA', `Expected a video or a picture at ${path} but the file is empty.`, { details: { path } });
    return undefined;
  }
  const frames = info?.isDirectory() === true || /%(?:0\d+)?d/.test(path) ? await sequenceFrames(path).catch(() => []) : [];
  if (frames.length > 0) return frames;
  if (info === undefined) throw new VivantError('INPUT_NOT_FOUND', `Expected a file at ${path} but nothing is there. Check the path.`, { details: { path } });
  throw new VivantError('UNREADABLE_MEDIA', `Expected a video, a picture or a folder of numbered PNG files at ${path} but found no such thing.`, { details: { path } });
}

async function* openAll(paths: readonly string[], io: VerifyIo): AsyncGenerator<FrameSource> {
  for (const path of paths) yield await io.openFrames(path);
}

/** Whether any layer says that the content is synthetic. A sidecar of other bytes says nothing about these. */
function saysSo(evidence: Evidence): boolean {
  const { badge, invisible, tags, xmp, manifest, sidecar } = evidence;
  return (
    badge.found ||
    invisible.found ||
    tags.synthetic ||
    (xmp?.digitalSourceType !== undefined && saysSynthetic(xmp.digitalSourceType)) ||
    manifest?.digitalSourceTypes.some(saysSynthetic) === true ||
    (sidecarHolds(evidence) && saysSynthetic(sidecar!.reading.content.digitalSourceType))
  );
}

/** The best-vouched-for rights records that are there. */
function rightsOf({ manifest, sidecar, xmp }: Evidence): VerifyReport['rights'] {
  const source = manifest?.rights ?? (sidecar?.problem === undefined ? sidecar?.reading.content.rights : undefined) ?? xmp;
  if (source?.sitter === undefined && source?.driver === undefined) return null;
  return { ...(source.sitter === undefined ? {} : { sitter: source.sitter }), ...(source.driver === undefined ? {} : { driver: source.driver }) };
}

function ingredientsOf({ manifest, sidecar }: Evidence): VerifyReport['ingredients'] {
  return manifest?.ingredients ?? (sidecar?.problem === undefined ? sidecar?.reading.content.ingredients : undefined) ?? [];
}

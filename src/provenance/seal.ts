import { rmSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { LayerReport } from '../core/disclosure.js';
import { VivantError } from '../core/errors.js';
import type { DisclosureRecord } from '../core/rights.js';
import { readManifest } from './c2pa/read.js';
import { MAX_EMBED_BYTES, signMedia } from './c2pa/sign.js';
import { withFile } from './containers/byte-reader.js';
import { C2PA_MIME, sniffContainer, type Container } from './containers/container.js';
import { fileSha256 } from './containers/file-hash.js';
import { sequenceFrames, sidecarPath } from './containers/frame-sequence.js';
import type { SealIngredient } from './c2pa/ingredient.js';
import { writeSidecar, type SidecarFile } from './sidecar/sidecar.js';
import type { Signer } from './signer/signer.js';
import { tagsFor } from './tags.js';
import { carriesXmp, embedXmp } from './xmp/xmp.js';
import { xmpPacket } from './xmp/xmp-packet.js';

/** What to seal, and with what. */
export interface SealOptions {
  /** The finished temporary file; for a sequence its folder or pattern. Changed in place. */
  readonly path: string;
  /** Where it will lie: its file name goes into a sidecar. Default `path`. */
  readonly finalPath?: string;
  readonly format: 'mp4' | 'mov' | 'webm' | 'gif' | 'png' | 'png-sequence';
  readonly record: DisclosureRecord;
  readonly ingredients: readonly SealIngredient[];
  readonly signer: Signer;
}

/** What was written. */
export interface SealReport {
  readonly layers: Readonly<Record<'tags' | 'xmp' | 'c2pa', LayerReport>>;
  /**
   * For formats that can't carry a manifest: the signed sidecar, under a temporary name beside `path`. It belongs at
   * `sidecarPath(finalPath)`.
   */
  readonly sidecar?: string;
  /** Of the sealed file, or of every frame. */
  readonly files: readonly SidecarFile[];
  /** Common name of the signing certificate. */
  readonly signer: string;
}

/**
 * The last step of every output: writes XMP (and, for PNG and GIF, tags), signs with C2PA, reads the result back and
 * requires it to be valid. A format that can't carry a manifest gets a signed sidecar. The media file stays in place when
 * this fails, but is not fit to keep; whatever was written beside it is removed.
 *
 * @throws VivantError SIGNING_FAILED; DISK_FULL
 */
export async function sealFile(options: SealOptions): Promise<SealReport> {
  const sidecar = besides(options, 'sidecar');
  const signing = besides(options, 'signing');
  const removeBoth = (): void => [sidecar, signing].forEach((path) => rmSync(path, { force: true }));
  process.once('exit', removeBoth);
  try {
    return options.format === 'png-sequence' ? await sealSequence(options, sidecar) : await sealSingle(options, sidecar, signing);
  } catch (error) {
    await rm(sidecar, { force: true });
    throw asVivantError(error, options.path);
  } finally {
    process.off('exit', removeBoth);
    await rm(signing, { force: true });
  }
}

/**
 * A name beside the temporary file or folder with another extension, so that who clears away what a killed run left behind
 * finds it.
 */
function besides({ path, format }: SealOptions, extension: string): string {
  const plain = path.replace(/[/\\]+$/, '');
  return `${format === 'png-sequence' ? plain : plain.slice(0, plain.length - extname(plain).length)}.${extension}`;
}

async function sealSingle(options: SealOptions, sidecar: string, signing: string): Promise<SealReport> {
  const { path, finalPath = path, format, record, ingredients, signer } = options;
  const container = await withFile(path, sniffContainer);
  if (container !== format) throw new VivantError('SIGNING_FAILED', `Expected a ${format} file at ${path} but found ${container}. The encoder wrote something else than was asked for.`, { details: { path, format, container } });
  const xmp = await writeXmp(path, container, record);
  const mime = C2PA_MIME[container];
  const embed = mime !== undefined && (await stat(path)).size <= MAX_EMBED_BYTES;
  if (embed) {
    await signMedia({ input: path, output: signing, format: mime, record, ingredients, signer });
    await requireValid(signing, mime);
    await rename(signing, path);
  }
  const files = [await describe(path, basename(finalPath))];
  if (!embed) await writeSidecar(sidecar, { files, record, ingredients, signer });
  const reason = mime === undefined ? `${format} can't carry a C2PA manifest` : 'The file is too large to carry a C2PA manifest';
  return {
    layers: {
      tags: { status: 'present', detail: 'The container tags say in words that the content is synthetic.' },
      xmp,
      c2pa: embed
        ? { status: 'present', detail: `Signed by ${signer.name}; read back and valid.` }
        : { status: 'unsupported', detail: `${reason}: a signed record lies beside it in ${basename(sidecarPath(finalPath))}.` },
    },
    ...(embed ? {} : { sidecar }),
    files,
    signer: signer.name,
  };
}

async function sealSequence(options: SealOptions, sidecar: string): Promise<SealReport> {
  const { path, finalPath = path, record, ingredients, signer } = options;
  const frames = await sequenceFrames(path);
  if (frames.length === 0) throw new VivantError('SIGNING_FAILED', `Expected PNG frames at ${path} but found none.`, { details: { path } });
  const files: SidecarFile[] = [];
  for (const frame of frames) {
    await writeXmp(frame, 'png', record);
    files.push(await describe(frame, basename(frame)));
  }
  await writeSidecar(sidecar, { files, record, ingredients, signer });
  return {
    layers: {
      tags: { status: 'present', detail: 'Every frame says in its text chunks that the content is synthetic.' },
      xmp: { status: 'present', detail: 'Every frame carries an XMP packet with the digital source type.' },
      c2pa: { status: 'unsupported', detail: `A sequence has no place for one manifest: a signed record of all frames lies beside it in ${basename(sidecarPath(finalPath))}.` },
    },
    sidecar,
    files,
    signer: signer.name,
  };
}

async function writeXmp(path: string, container: Container, record: DisclosureRecord): Promise<LayerReport> {
  if (!carriesXmp(container)) return { status: 'unsupported', detail: `${container} can't carry XMP.` };
  await embedXmp(path, container, xmpPacket(record), tagsFor(record));
  return { status: 'present', detail: 'An XMP packet names the digital source type, the rights and the tool.' };
}

/** Nothing unreadable leaves the house: the signed file is validated as any reader would. */
async function requireValid(path: string, mime: string): Promise<void> {
  const manifest = await readManifest(path, mime);
  if (manifest?.state === 'valid' || manifest?.state === 'trusted') return;
  const reasons = manifest?.failures.map(({ code, explanation }) => `${code} (${explanation})`) ?? ['no manifest was found'];
  throw new VivantError('SIGNING_FAILED', `Expected the signed file to validate but it does not: ${reasons.join(', ')}. Check the signing certificate: not self-signed, not expired, for digital signatures.`, { details: { path, reasons } });
}

async function describe(path: string, name: string): Promise<SidecarFile> {
  const [sha256, { size }] = await Promise.all([fileSha256(path), stat(path)]);
  return { name, bytes: size, sha256 };
}

function asVivantError(error: unknown, path: string): VivantError {
  if (error instanceof VivantError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return new VivantError('DISK_FULL', `Expected room to sign ${path} but the disk is full. Signing needs as much free space as the file has.`, { details: { path }, cause: error });
  return new VivantError('SIGNING_FAILED', `Expected to sign ${path} but could not: ${message}.`, { details: { path }, cause: error });
}

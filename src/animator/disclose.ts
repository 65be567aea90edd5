import { basename, extname } from 'node:path';
import type { Generator } from '../core/ports.js';
import type { DisclosureRecord, DrivingRightsRecord } from '../core/rights.js';
import { fileSha256 } from '../provenance/containers/file-hash.js';
import type { SealIngredient } from '../provenance/c2pa/ingredient.js';
import { localSigner, signerFromFiles } from '../provenance/signer/identity.js';
import type { Signer } from '../provenance/signer/signer.js';
import { drivingPath } from '../motion-file.js';
import type { ResolvedAnimator, ResolvedClip } from '../options.js';
import { TOOL } from '../package-info.js';
import type { Driver } from './driver.js';
import type { Sitter } from './portraits.js';
import type { PersonalFile } from './scene.js';

/** The record that goes into tags, XMP and manifest. */
export function disclosureRecord(clip: ResolvedClip, driver: Driver, { quality, refiner }: Generator, payload: number): DisclosureRecord {
  return {
    title: `${clip.rights.subject}, animated`,
    sitter: clip.rights,
    driver: driverRights(clip, driver),
    tool: TOOL,
    quality,
    ...(refiner === undefined ? {} : { refiner }),
    payload,
    created: new Date().toISOString(),
  };
}

/** What the caller says, else what a motion file says, else the sitter's ground. */
function driverRights({ drivingRights, rights }: ResolvedClip, driver: Driver): DrivingRightsRecord {
  if (drivingRights !== 'same') return { basis: drivingRights };
  return driver.rights ?? { basis: rights.basis };
}

/** MIME types of drivers, by extension; the manifest names them. */
const DRIVER_MIME: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.avi': 'video/x-msvideo',
  '.gif': 'image/gif',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.avif': 'image/avif',
};

/** The portraits, what was learnt of the sitter before, and the driver, for the manifest. */
export async function clipIngredients(clip: ResolvedClip, sitter: Sitter, personal?: PersonalFile): Promise<readonly SealIngredient[]> {
  const path = drivingPath(clip.driving);
  const portraits = sitter.files.map(({ path, sha256, mime }): SealIngredient => ({ role: 'portrait', title: basename(path), format: mime, sha256, path }));
  const learnt: SealIngredient[] = personal === undefined ? [] : [{ role: 'sitter', title: basename(clip.sitter!), format: 'application/octet-stream', sha256: personal.sha256 }];
  const driver: SealIngredient = {
    role: 'driver',
    title: basename(path),
    format: DRIVER_MIME[extname(path).toLowerCase()] ?? 'application/octet-stream',
    sha256: await fileSha256(path),
    ...(clip.driverPixels ? { path } : {}),
  };
  return [...portraits, ...learnt, driver];
}

/** The user's own certificate, else the one of this machine. */
export function openSigner({ signer }: ResolvedAnimator): Promise<Signer> {
  return signer === undefined ? localSigner() : signerFromFiles(signer);
}

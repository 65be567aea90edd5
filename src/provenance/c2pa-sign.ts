import { stat, writeFile } from 'node:fs/promises';
import { VivantError } from '../core/errors.js';
import type { DisclosureRecord } from '../core/rights.js';
import { withFile } from './byte-reader.js';
import { C2PA_SETTINGS, withC2pa, type C2paLibrary } from './c2pa-library.js';
import { ingredientDefinition, manifestDefinition } from './c2pa-manifest.js';
import { readManifest } from './c2pa-read.js';
import { C2PA_MIME, sniffContainer } from './container.js';
import { coseSign1, signatureReserve } from './cose.js';
import { FileBlob } from './file-blob.js';
import type { SealIngredient } from './ingredient.js';
import type { Signer } from './signer.js';

/**
 * Largest file that gets an embedded manifest: the library holds the whole result in its 32-bit memory, about three times
 * the size at its peak.
 */
export const MAX_EMBED_BYTES = 1 << 30;
/** Ingredients beyond this size are recorded without the credentials that they may carry. */
const MAX_INGREDIENT_BYTES = 256 << 20;

type Builder = ReturnType<C2paLibrary['WasmBuilder']['fromJson']>;

/**
 * Signs the media file at `input` with an embedded C2PA manifest and writes the result to `output`.
 *
 * @param format - MIME type
 * @throws VivantError SIGNING_FAILED
 */
export async function signMedia(job: {
  readonly input: string;
  readonly output: string;
  readonly format: string;
  readonly record: DisclosureRecord;
  readonly ingredients: readonly SealIngredient[];
  readonly signer: Signer;
}): Promise<void> {
  const { input, output, format, record, ingredients, signer } = job;
  const carried = await Promise.all(ingredients.map(credentialsOf));
  const reserveSize = signatureReserve(signer);
  const definition = {
    alg: signer.algorithm,
    reserveSize,
    sign: (claim: Uint8Array) => Promise.resolve(Uint8Array.from(coseSign1(signer, claim, reserveSize))),
  };
  let signed: Uint8Array;
  try {
    signed = await withC2pa(async ({ WasmBuilder }) => {
      const builder = WasmBuilder.fromJson(JSON.stringify(manifestDefinition(record, format, ingredients.length)), C2PA_SETTINGS);
      try {
        for (const [index, ingredient] of ingredients.entries()) await addIngredient(builder, ingredient, index, carried[index]);
        return await FileBlob.with(input, format, (blob) => builder.sign(definition, [], format, blob as unknown as Blob));
      } finally {
        builder.free();
      }
    });
  } catch (cause) {
    throw new VivantError('SIGNING_FAILED', `Expected to sign ${input} (${format}) as ${signer.name} but the C2PA library refused: ${String(cause)}. Check the certificate, and that the file is whole.`, { details: { path: input, format, signer: signer.name }, cause });
  }
  await writeFile(output, signed);
}

/** The MIME type under which an ingredient's own manifest can be read, or `undefined` when it has none. */
async function credentialsOf(ingredient: SealIngredient): Promise<string | undefined> {
  const { path } = ingredient;
  if (path === undefined || (await stat(path)).size > MAX_INGREDIENT_BYTES) return undefined;
  const format = C2PA_MIME[await withFile(path, sniffContainer)];
  if (format === undefined) return undefined;
  const manifest = await readManifest(path, format);
  return manifest === undefined || manifest.state === 'unreadable' ? undefined : format;
}

async function addIngredient(builder: Builder, ingredient: SealIngredient, index: number, format: string | undefined): Promise<void> {
  const definition = JSON.stringify(ingredientDefinition(ingredient, index));
  if (format === undefined || ingredient.path === undefined) builder.addIngredient(definition);
  else await FileBlob.with(ingredient.path, format, (blob) => builder.addIngredientFromBlob(definition, format, blob as unknown as Blob));
}

import { stat } from 'node:fs/promises';
import { VivantError } from '../../core/errors.js';
import type { DisclosureRecord } from '../../core/rights.js';
import { withFile } from '../containers/byte-reader.js';
import { runC2pa } from './client.js';
import { ingredientDefinition, manifestDefinition } from './manifest.js';
import type { C2paIngredient } from './protocol.js';
import { readManifest } from './read.js';
import { C2PA_MIME, sniffContainer } from '../containers/container.js';
import { signatureReserve } from './cose.js';
import type { SealIngredient } from './ingredient.js';
import type { Signer } from '../signer/signer.js';

/**
 * Largest file that gets an embedded manifest. The library holds the whole result in its 32-bit memory and copies it as it
 * grows: 768 MB took 3.6 GB, and at 1 GB it ends.
 */
export const MAX_EMBED_BYTES = 512 << 20;
/** Ingredients beyond this size are recorded without the credentials that they may carry. */
const MAX_INGREDIENT_BYTES = 256 << 20;

/**
 * Signs the media file at `input` with an embedded C2PA manifest and writes the result to `output`. It is not validated
 * here: read it back.
 *
 * @param job - `format`: MIME type
 * @throws VivantError SIGNING_FAILED; a file system error as it comes
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
  const definition = JSON.stringify(manifestDefinition(record, format, ingredients.length));
  const prepared: C2paIngredient[] = [];
  for (const [index, ingredient] of ingredients.entries()) {
    const file = await credentialsOf(ingredient);
    prepared.push({ definition: JSON.stringify(ingredientDefinition(ingredient, index)), ...(file === undefined ? {} : { file }) });
  }
  try {
    await runC2pa({ kind: 'sign', path: input, output, format, definition, ingredients: prepared, algorithm: signer.algorithm, reserveSize: signatureReserve(signer) }, signer);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause;
    throw new VivantError('SIGNING_FAILED', `Expected to sign ${input} (${format}) as ${signer.name} but the C2PA library refused: ${(cause as Error).message}. Check the certificate, and that the file is whole.`, { details: { path: input, format, signer: signer.name }, cause });
  }
}

/** The file of an ingredient whose own manifest can be carried over; `undefined` when it has none. */
async function credentialsOf({ path }: SealIngredient): Promise<C2paIngredient['file']> {
  if (path === undefined || (await stat(path)).size > MAX_INGREDIENT_BYTES) return undefined;
  const format = C2PA_MIME[await withFile(path, sniffContainer)];
  if (format === undefined) return undefined;
  const manifest = await readManifest(path, format);
  return manifest === undefined || manifest.state === 'unreadable' ? undefined : { path, format };
}

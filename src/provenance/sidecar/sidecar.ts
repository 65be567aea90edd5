import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DisclosureRecord } from '../../core/rights.js';
import { rightsAssertion, rightsAssertionSchema } from '../c2pa/manifest.js';
import { INGREDIENT_RELATIONSHIP, type SealIngredient } from '../c2pa/ingredient.js';
import type { Signer } from '../signer/signer.js';
import { DIGITAL_SOURCE_TYPE } from '../source-type.js';
import { signJson } from './jws.js';

/** `format` field of a sidecar. */
const SIDECAR_FORMAT = 'tableau-vivant-sidecar';

/** What is signed: which bytes, and everything that a C2PA manifest of this tool would say. */
export const sidecarContentSchema = z.object({
  format: z.literal(SIDECAR_FORMAT),
  version: z.literal(1),
  title: z.string(),
  digitalSourceType: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
  rights: rightsAssertionSchema,
  ingredients: z.array(z.object({ title: z.string(), relationship: z.string(), format: z.string(), sha256: z.string() })),
});
/** What is signed: which bytes, and everything that a C2PA manifest of this tool would say. */
export type SidecarContent = z.infer<typeof sidecarContentSchema>;

/** One file that a sidecar vouches for. */
export type SidecarFile = SidecarContent['files'][number];

/**
 * Signs a record of `files` and writes it as JSON to `path`: the stand-in for a C2PA manifest where the format can't
 * carry one.
 */
export async function writeSidecar(path: string, parts: { readonly files: readonly SidecarFile[]; readonly record: DisclosureRecord; readonly ingredients: readonly SealIngredient[]; readonly signer: Signer }): Promise<void> {
  const { files, record, ingredients, signer } = parts;
  const content: SidecarContent = {
    format: SIDECAR_FORMAT,
    version: 1,
    title: record.title,
    digitalSourceType: DIGITAL_SOURCE_TYPE,
    files: [...files],
    rights: rightsAssertion(record),
    ingredients: ingredients.map(({ title, format, sha256 }) => ({ title, relationship: INGREDIENT_RELATIONSHIP, format, sha256 })),
  };
  await writeFile(path, signJson(content, 'tableau-vivant-sidecar+json', signer));
}
